import { sql } from 'kysely';
import type { Hello } from '../fleet/messages.ts';
import type { BegunSession, SessionLink, Standing } from '../session/session-store.ts';
import type { Db } from './database.ts';

interface Row {
  epoch: bigint;
  standing: Standing;
  previous: bigint | null;
  link: SessionLink | null;
}

/**
 * The session with the node's next epoch, which ends all before it. Checks the login once more:
 * it may have been taken back since it was looked at. The session before is locked as it is read,
 * so that whoever ends it is before this one, and seen here, or after it, and superseded.
 */
export async function beginSession(
  db: Db,
  replica: string,
  { nodeId, bootId, offer }: Hello,
  tokenHash: Uint8Array,
): Promise<BegunSession | undefined> {
  const { rows } = await sql<Row>`
    with node as (
      update scheduler.node
      set offer = ${JSON.stringify(offer)}
      where node_id = ${nodeId} and token_hash = ${Buffer.from(tokenHash)}
        and standing <> 'disabled'
      returning node_id, standing
    ), before as (
      select session.node_id, epoch, link from node join scheduler.session using (node_id)
      for update of session
    ), session as (
      insert into scheduler.session (node_id, epoch, link, boot_id, replica, last_seen_at)
      select node_id, 1, 'connected', ${bootId}, ${replica}, clock_timestamp()
      from node left join before using (node_id)
      on conflict (node_id) do update
      set epoch = session.epoch + 1, link = excluded.link, boot_id = excluded.boot_id,
          replica = excluded.replica, last_seen_at = excluded.last_seen_at
      returning epoch
    )
    select session.epoch, standing, before.epoch as previous, before.link
    from session cross join node left join before using (node_id)`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { epoch, standing, previous, link } = row;
  const hasEnded = previous === null || link === 'away';
  return { nodeId, epoch, standing, previous: hasEnded ? 'none' : previous };
}
