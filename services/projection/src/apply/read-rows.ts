import type { TaskId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import { rowOf, type TaskViewColumns } from '../view/columns.ts';
import type { TaskRow } from '../view/task-row.ts';

/** The rows of some tasks, in one statement; a task without a row is not in the map. */
export async function readRows(
  db: Db,
  schema: string,
  taskIds: readonly TaskId[],
): Promise<Map<TaskId, TaskRow>> {
  const { rows } = await sql<TaskViewColumns>`
    select * from ${sql.id(schema, 'task_view')} where task_id = any(${taskIds}::text[])`.execute(
    db,
  );
  return new Map(rows.map(rowOf).map((row) => [row.taskId, row]));
}
