import type { LogReader } from '@greencloud/event-log';
import { sql } from 'kysely';
import { type Db, liveSchema } from '../postgres/database.ts';
import { rowOf, type TaskViewColumns } from '../view/columns.ts';
import type { TaskRow } from '../view/task-row.ts';
import { readCheckpoints } from './checkpoints.ts';
import type { CompareReport } from './compare-report.ts';
import { differenceOf } from './difference.ts';

export interface WrongRowsPorts {
  readonly db: Db;
  readonly reader: Pick<LogReader, 'readTasks'>;
}

// The most that one ReadTasks takes.
const pageSize = 1_000;

/** Each row of the views beside the fold of its stream. Answers how many rows there are. */
export async function findWrongRows(
  { db, reader }: WrongRowsPorts,
  { onDifference, onEvents }: CompareReport,
): Promise<number> {
  let seen = 0;
  for (let after = ''; ; ) {
    // In this order: the rows have what was applied before, and the log what they have.
    const checkpoints = await readCheckpoints(db);
    const rows = await readRowsAfter(db, after);
    const last = rows.at(-1);
    if (last === undefined) return seen;
    const streams = await reader.readTasks(rows.map(({ row }) => row.taskId));
    for (const { row, parked } of rows) {
      const events = streams.get(row.taskId) ?? [];
      onEvents(events.length);
      // Told with the missing ones.
      if (parked) continue;
      const difference = differenceOf(
        row,
        events,
        checkpoints.get(events[0]?.partition ?? -1) ?? 0n,
      );
      if (difference !== undefined) onDifference(row.taskId, difference);
    }
    seen += rows.length;
    after = last.row.taskId;
  }
}

interface SeenRow {
  readonly row: TaskRow;
  readonly parked: boolean;
}

async function readRowsAfter(db: Db, after: string): Promise<SeenRow[]> {
  const { rows } = await sql<TaskViewColumns & { parked: boolean }>`
    select v.*, p.task_id is not null as parked
    from ${sql.id(liveSchema, 'task_view')} v
    left join ${sql.id(liveSchema, 'parked_task')} p using (task_id)
    where task_id > ${after} order by task_id limit ${pageSize}`.execute(db);
  return rows.map((found) => ({ row: rowOf(found), parked: found.parked }));
}
