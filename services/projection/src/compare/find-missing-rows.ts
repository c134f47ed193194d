import type { TaskId } from '@greencloud/domain';
import type { LogReader } from '@greencloud/event-log';
import { sql } from 'kysely';
import { type Db, liveSchema } from '../postgres/database.ts';
import type { CompareReport } from './compare-report.ts';

export interface MissingRowsPorts {
  readonly db: Db;
  readonly reader: Pick<LogReader, 'readPartition'>;
}

export interface Applied {
  readonly partition: number;
  readonly upTo: bigint;
}

/** Tasks that the log has issued at or before the checkpoint and that have no row, or are parked. */
export async function findMissingRows(
  { db, reader }: MissingRowsPorts,
  { partition, upTo }: Applied,
  { onDifference, onEvents }: CompareReport,
): Promise<void> {
  if (upTo === 0n) return;
  for await (const events of reader.readPartition(partition, 0n, { upTo })) {
    const issued = events.filter(({ version }) => version === 1).map(({ taskId }) => taskId);
    for (const { taskId, what } of await missingOf(db, issued)) onDifference(taskId, what);
    onEvents(events.length);
  }
}

interface Missing {
  readonly taskId: TaskId;
  readonly what: string;
}

async function missingOf(db: Db, taskIds: readonly TaskId[]): Promise<readonly Missing[]> {
  if (taskIds.length === 0) return [];
  const { rows } = await sql<Missing>`
    select wanted.task_id as "taskId", coalesce('is parked: ' || p.reason, 'has no row') as what
    from unnest(${taskIds}::text[]) as wanted(task_id)
    left join ${sql.id(liveSchema, 'task_view')} v using (task_id)
    left join ${sql.id(liveSchema, 'parked_task')} p using (task_id)
    where v.task_id is null or p.task_id is not null`.execute(db);
  return rows;
}
