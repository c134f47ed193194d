import { parseNodeId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { LastSession, SessionLink, SessionSeen, Standing } from '../session/session-store.ts';
import type { Db } from './database.ts';

interface Row {
  node_id: string;
  epoch: bigint;
  link: SessionLink;
  standing: Standing;
}

/** One statement for a whole replica; times by the database's clock, which all replicas share. */
export async function touchSessions(
  db: Db,
  sessions: readonly SessionSeen[],
): Promise<LastSession[]> {
  if (sessions.length === 0) return [];
  const nodeIds = sessions.map(({ nodeId }) => nodeId);
  const { rows } = await sql<Row>`
    with seen as (
      select * from unnest(
        ${nodeIds}::uuid[],
        ${sessions.map(({ epoch }) => String(epoch))}::bigint[],
        ${sessions.map(({ silentMs }) => Math.round(silentMs))}::integer[],
        ${sessions.map(({ link }) => link)}::text[]
      ) as seen (node_id, epoch, silent_ms, link)
    ), touched as (
      update scheduler.session
      set last_seen_at = clock_timestamp() - seen.silent_ms * interval '1 millisecond',
          link = seen.link
      from seen
      where session.node_id = seen.node_id and session.epoch = seen.epoch
        and session.link <> 'away'
    )
    select node_id, session.epoch, session.link, node.standing
    from seen join scheduler.session using (node_id) join scheduler.node using (node_id)`.execute(
    db,
  );
  return rows.map(({ node_id, ...row }) => ({ nodeId: parseNodeId(node_id), ...row }));
}
