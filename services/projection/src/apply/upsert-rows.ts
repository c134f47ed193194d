import { sql } from 'kysely';
import type { Tx } from '../postgres/database.ts';
import { columns } from '../view/columns.ts';
import type { TaskRow } from '../view/task-row.ts';

const names = sql.join(columns.map(({ name }) => sql.id(name)));
const settings = sql.join(
  columns
    .filter(({ name }) => name !== 'task_id')
    .map(({ name }) => sql`${sql.id(name)} = excluded.${sql.id(name)}`),
);

/**
 * One statement for the batch: an array for each column. A row never goes back: one that is as new
 * already is left, and then the counters would lie, so that ends the transaction.
 */
export async function upsertRows(tx: Tx, schema: string, rows: readonly TaskRow[]): Promise<void> {
  if (rows.length === 0) return;
  const arrays = columns.map(({ type, of }) => sql`${rows.map(of)}::${sql.raw(type)}[]`);
  const { numAffectedRows } = await sql`
    insert into ${sql.id(schema, 'task_view')} as view (${names})
    select * from unnest(${sql.join(arrays)})
    on conflict (task_id) do update set ${settings}
    where view.version < excluded.version`.execute(tx);
  if (numAffectedRows === BigInt(rows.length)) return;
  throw new Error(`${numAffectedRows} of ${rows.length} rows were older than the batch`);
}
