import { parseTaskId, type TaskId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db, Tx } from '../postgres/database.ts';
import type { UnappliableEventError } from '../view/fold-task.ts';

/** Tasks of a partition whose events are passed over until a rebuild. */
export async function readParked(db: Db, partition: number): Promise<Set<TaskId>> {
  const { rows } = await sql<{ task_id: string }>`
    select task_id from projection.parked_task where partition = ${partition}`.execute(db);
  return new Set(rows.map(({ task_id }) => parseTaskId(task_id)));
}

export async function parkTasks(tx: Tx, poison: readonly UnappliableEventError[]): Promise<void> {
  for (const { recorded, message } of poison) {
    const { taskId, partition, position, version } = recorded;
    await sql`
      insert into projection.parked_task (task_id, partition, position, version, reason)
      values (${taskId}, ${partition}, ${position}, ${version}, ${message})
      on conflict (task_id) do nothing`.execute(tx);
  }
}
