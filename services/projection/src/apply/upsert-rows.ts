import { elementTypes } from '@greencloud/postgres';
import { type BatchColumn, batchColumn } from '../view/batch-column.ts';
import type { BatchTables } from '../view/batch-table.ts';
import { columns } from '../view/columns.ts';
import type { TaskRow } from '../view/task-row.ts';
import type { InPartition, WritePart } from './write-part.ts';

type Row = InPartition<TaskRow>;

const rowColumns: readonly BatchColumn<Row>[] = [
  batchColumn('partition', elementTypes.integer, (row: Row) => row.partition),
  ...columns.map(({ name, type, arrayOf }) => ({
    name,
    type,
    arrayOf: (rows: readonly Row[]) => arrayOf(rows.map(({ value }) => value)),
  })),
];

const names = columns.map(({ name }) => name).join(', ');
const values = columns.map(({ name }) => `given.${name}`).join(', ');
const settings = columns
  .filter(({ changes }) => changes === 'with its task')
  .map(({ name }) => `${name} = excluded.${name}`)
  .join(', ');

/** A row never goes back: one that is as new already is left alone, and is missing in the answer. */
export function upsertRows(schema: string, tables: BatchTables): WritePart<Row> {
  const given = tables.add('given', rowColumns);
  const sql = `
    insert into ${schema}.task_view as view (${names})
    select ${values} from ${given.sql} where given.partition in (select partition from moved)
    on conflict (task_id) do update set ${settings}
    where view.version < excluded.version
    returning 1`;
  return { sql, parametersOf: given.parametersOf };
}
