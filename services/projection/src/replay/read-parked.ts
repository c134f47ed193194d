import type { TaskId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';

export interface ParkedTask {
  readonly taskId: TaskId;
  readonly partition: number;
}

/** Some parked tasks, by their ids, after one. */
export async function readParkedAfter(
  db: Db,
  after: TaskId | '',
  limit: number,
): Promise<ParkedTask[]> {
  const { rows } = await sql<ParkedTask>`
    select task_id as "taskId", partition from projection.parked_task
    where task_id > ${after} order by task_id limit ${limit}`.execute(db);
  return rows;
}

export async function findParked(db: Db, taskId: TaskId): Promise<ParkedTask | undefined> {
  const { rows } = await sql<ParkedTask>`
    select task_id as "taskId", partition from projection.parked_task
    where task_id = ${taskId}`.execute(db);
  return rows[0];
}
