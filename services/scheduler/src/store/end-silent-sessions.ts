import { type NodeId, parseNodeId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db } from './database.ts';

/**
 * Ends the last sessions of those nodes that nobody has heard for so long, and answers which these
 * are. A node that is back is not among them; one that never was here is.
 */
export async function endSilentSessions(
  db: Db,
  nodeIds: readonly NodeId[],
  silentMs: number,
): Promise<NodeId[]> {
  const { rows } = await sql<{ node_id: string }>`
    with given as (
      select * from unnest(${[...nodeIds]}::uuid[]) as given (node_id)
    ), ended as (
      update scheduler.session set link = 'away'
      where node_id in (select node_id from given)
        and last_seen_at < clock_timestamp() - ${Math.round(silentMs)} * interval '1 millisecond'
      returning node_id
    )
    select node_id from ended
    union all
    select node_id from given
    where not exists (select from scheduler.session where session.node_id = given.node_id)`.execute(
    db,
  );
  return rows.map((row) => parseNodeId(row.node_id));
}
