import { type RawBuilder, sql } from 'kysely';
import { type Db, liveSchema } from '../postgres/database.ts';
import { rowOf, type TaskViewColumns } from '../view/columns.ts';
import type { TaskRow } from '../view/task-row.ts';
import { type PageStart, readCursor, writeCursor } from './cursor.ts';
import type { ListFilter } from './list-filter.ts';

export interface Page {
  readonly tasks: readonly TaskRow[];
  /** Empty on the last page. */
  readonly nextCursor: string;
}

/** One page by keyset: as cheap on the thousandth page as on the first. */
export async function listTasks(
  db: Db,
  filter: ListFilter,
  page: { readonly size: number; readonly cursor: string },
): Promise<Page> {
  const start = page.cursor === '' ? undefined : readCursor(filter, page.cursor);
  // One more than the page shows whether there is another.
  const { rows } = await pageQuery(filter, start, page.size + 1).execute(db);
  const tasks = rows.slice(0, page.size).map(rowOf);
  const last = rows.length > page.size ? tasks.at(-1) : undefined;
  return { tasks, nextCursor: last === undefined ? '' : writeCursor(filter, last) };
}

export function pageQuery(
  filter: ListFilter,
  start: PageStart | undefined,
  limit: number,
): RawBuilder<TaskViewColumns> {
  const direction = sql.raw(filter.order === 'newest_first' ? 'desc' : 'asc');
  return sql`
    select * from ${sql.id(liveSchema, 'task_view')}
    where ${sql.join(conditions(filter, start), sql` and `)}
    order by issued_at ${direction}, task_id ${direction}
    limit ${limit}`;
}

function conditions(filter: ListFilter, start: PageStart | undefined): RawBuilder<unknown>[] {
  const { state, outcome, lambdaId, nodeId, issuedAfter, issuedBefore } = filter;
  return [
    sql`tenant_id = ${filter.tenantId}`,
    ...given(state, (value) => sql`state = ${value}`),
    ...given(outcome, (value) => sql`outcome = ${value}`),
    ...given(lambdaId, (value) => sql`lambda_id = ${value}`),
    ...given(nodeId, (value) => sql`node_id = ${value}`),
    ...given(issuedAfter, (value) => sql`issued_at > ${value}`),
    ...given(issuedBefore, (value) => sql`issued_at < ${value}`),
    ...given(start ?? null, (value) => behind(filter, value)),
  ];
}

function given<T>(value: T | null, condition: (value: T) => RawBuilder<unknown>) {
  return value === null ? [] : [condition(value)];
}

function behind({ order }: ListFilter, { issuedAt, taskId }: PageStart): RawBuilder<unknown> {
  const compare = sql.raw(order === 'newest_first' ? '<' : '>');
  return sql`(issued_at, task_id) ${compare} (${issuedAt}, ${taskId})`;
}
