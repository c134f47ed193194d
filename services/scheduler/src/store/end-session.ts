import { sql } from 'kysely';
import type { SessionKey, SessionLink } from '../session/session-store.ts';
import type { Db } from './database.ts';

/** `superseded`: a later session has not ended. When the owner has ended it, nobody else has it either. */
export async function endSession(
  db: Db,
  { nodeId, epoch }: SessionKey,
): Promise<'ended' | 'superseded'> {
  const ended = await sql`
    update scheduler.session set link = 'away'
    where node_id = ${nodeId} and epoch = ${epoch}
    returning node_id`.execute(db);
  if (ended.rows.length > 0) return 'ended';
  // A statement of its own: the one above does not see what it waited for, a session that began.
  const { rows } = await sql<{ link: SessionLink }>`
    select link from scheduler.session where node_id = ${nodeId}`.execute(db);
  return rows.some(({ link }) => link !== 'away') ? 'superseded' : 'ended';
}
