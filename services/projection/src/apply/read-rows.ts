import type { TaskId } from '@greencloud/domain';
import { binaryArray, elementTypes, prepared } from '@greencloud/postgres';
import { CompiledQuery } from 'kysely';
import type { Db } from '../postgres/database.ts';
import { columns, rowOf, type TaskViewColumns } from '../view/columns.ts';
import type { TaskRow } from '../view/task-row.ts';

/** The rows of some tasks, in one statement; a task without a row is not in the map. */
export async function readRows(
  db: Db,
  schema: string,
  taskIds: readonly TaskId[],
): Promise<Map<TaskId, TaskRow>> {
  const text = statementFor(schema);
  const ids = binaryArray(elementTypes.text, taskIds);
  const { rows } = await db.executeQuery<TaskViewColumns>(CompiledQuery.raw(text, [ids]));
  return new Map(rows.map(rowOf).map((row) => [row.taskId, row]));
}

const names = columns.map(({ name }) => name).join(', ');
const statements = new Map<string, string>();

function statementFor(schema: string): string {
  const known = statements.get(schema);
  if (known !== undefined) return known;
  const text = `select ${names} from ${schema}.task_view where task_id = any($1::text[])`;
  statements.set(schema, prepared(`read_rows_${schema}`, text));
  return text;
}
