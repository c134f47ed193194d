import type { Db } from '../postgres/database.ts';
import { eventColumns, type StoredEvent, storedEvent } from './stored-event.ts';

export interface PartitionRange {
  readonly partition: number;
  /** Exclusive. */
  readonly after: bigint;
  /** Inclusive. */
  readonly upTo: bigint;
  readonly limit: number;
}

/** Events in order. Positions become visible in commit order without holes, so no gap is ever read. */
export async function readPartition(db: Db, range: PartitionRange): Promise<StoredEvent[]> {
  const rows = await db
    .selectFrom('task_command.event')
    .select(eventColumns)
    .where('partition', '=', range.partition)
    .where('position', '>', range.after)
    .where('position', '<=', range.upTo)
    .orderBy('position')
    .limit(range.limit)
    .execute();
  return rows.map(storedEvent);
}
