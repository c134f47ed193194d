import { type RawBuilder, sql } from 'kysely';
import { columns } from '../view/columns.ts';
import type { TaskRow } from '../view/task-row.ts';

const names = sql.join(columns.map(({ name }) => sql.id(name)));
const settings = sql.join(
  columns
    .filter(({ name }) => name !== 'task_id')
    .map(({ name }) => sql`${sql.id(name)} = excluded.${sql.id(name)}`),
);

/** An array for each column. A row never goes back: one that is as new already is left alone. */
export function upsertRows(schema: string, rows: readonly TaskRow[]): RawBuilder<unknown> {
  const arrays = columns.map(({ type, of }) => sql`${rows.map(of)}::${sql.raw(type)}[]`);
  return sql`
    insert into ${sql.id(schema, 'task_view')} as view (${names})
    select * from unnest(${sql.join(arrays)}) where exists (select from moved)
    on conflict (task_id) do update set ${settings}
    where view.version < excluded.version
    returning 1`;
}
