import { sql } from 'kysely';
import type { Hello } from '../fleet/messages.ts';
import type { SessionState, Standing } from '../session/session-store.ts';
import type { Db } from './database.ts';

/**
 * The session with the node's next epoch, which ends all before it. Checks the login once more:
 * it may have been taken back since it was looked at.
 */
export async function beginSession(
  db: Db,
  replica: string,
  { nodeId, bootId, offer }: Hello,
  tokenHash: Uint8Array,
): Promise<SessionState | undefined> {
  const { rows } = await sql<{ epoch: bigint; standing: Standing }>`
    with node as (
      update scheduler.node
      set offer = ${JSON.stringify(offer)}
      where node_id = ${nodeId} and token_hash = ${Buffer.from(tokenHash)}
        and standing <> 'disabled'
      returning node_id, standing
    ), session as (
      insert into scheduler.session (node_id, epoch, link, boot_id, replica, last_seen_at)
      select node_id, 1, 'connected', ${bootId}, ${replica}, clock_timestamp() from node
      on conflict (node_id) do update
      set epoch = session.epoch + 1, link = excluded.link, boot_id = excluded.boot_id,
          replica = excluded.replica, last_seen_at = excluded.last_seen_at
      returning epoch
    )
    select epoch, standing from node, session`.execute(db);
  const [row] = rows;
  return row === undefined ? undefined : { nodeId, ...row };
}
