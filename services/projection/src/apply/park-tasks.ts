import { parseTaskId, type TaskId } from '@greencloud/domain';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { UnappliableEventError } from '../view/fold-task.ts';

/** Tasks of a partition whose events are passed over until a rebuild. */
export async function readParked(db: Db, partition: number): Promise<Set<TaskId>> {
  const { rows } = await sql<{ task_id: string }>`
    select task_id from projection.parked_task where partition = ${partition}`.execute(db);
  return new Set(rows.map(({ task_id }) => parseTaskId(task_id)));
}

export function parkTasks(
  schema: string,
  partition: number,
  poison: readonly UnappliableEventError[],
): RawBuilder<unknown> {
  return sql`
    insert into ${sql.id(schema, 'parked_task')} (task_id, partition, position, version, reason)
    select task_id, ${partition}::integer, position, version, reason
    from unnest(
      ${poison.map(({ recorded }) => recorded.taskId)}::text[],
      ${poison.map(({ recorded }) => recorded.position)}::bigint[],
      ${poison.map(({ recorded }) => recorded.version)}::integer[],
      ${poison.map(({ message }) => message)}::text[]
    ) as poison (task_id, position, version, reason)
    where exists (select from moved)
    on conflict (task_id) do nothing`;
}
