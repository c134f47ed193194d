import { sql } from 'kysely';
import type { SessionKey, SessionLink } from '../session/session-store.ts';
import type { Db } from './database.ts';

interface Row {
  epoch: bigint;
  link: SessionLink;
}

/** `superseded`: a later session has not ended. When the owner has ended it, nobody else has it either. */
export async function endSession(
  db: Db,
  { nodeId, epoch }: SessionKey,
): Promise<'ended' | 'superseded'> {
  // The select sees the row as it was before the update.
  const { rows } = await sql<Row>`
    with ended as (
      update scheduler.session set link = 'away' where node_id = ${nodeId} and epoch = ${epoch}
    )
    select epoch, link from scheduler.session where node_id = ${nodeId}`.execute(db);
  const [last] = rows;
  return last !== undefined && last.link !== 'away' && last.epoch !== epoch
    ? 'superseded'
    : 'ended';
}
