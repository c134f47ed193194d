import { type NodeId, parseNodeId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Ms since each node was heard by any replica; a node that never was is not in the map. */
export async function silenceOfNodes(
  db: Db,
  nodeIds: readonly NodeId[],
): Promise<ReadonlyMap<NodeId, number>> {
  const { rows } = await sql<{ node_id: string; silent_ms: number }>`
    select node_id,
      (extract(epoch from clock_timestamp() - last_seen_at) * 1000)::float8 as silent_ms
    from scheduler.session
    where node_id = any(${[...nodeIds]}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [parseNodeId(row.node_id), row.silent_ms]));
}
