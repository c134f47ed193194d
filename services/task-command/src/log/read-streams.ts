import type { TaskId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import { type EventRow, eventColumns, type StoredEvent, storedEvent } from './stored-event.ts';

export interface StreamKey {
  readonly partition: number;
  readonly taskId: TaskId;
}

const columns = sql.join(eventColumns.map((column) => sql.ref(`e.${column}`)));

/** All events of some tasks in one query, each stream in order. A task without events is missing. */
export async function readStreams(
  db: Db,
  keys: readonly StreamKey[],
): Promise<Map<TaskId, StoredEvent[]>> {
  if (keys.length === 0) return new Map();
  const partitions = keys.map(({ partition }) => partition);
  const taskIds = keys.map(({ taskId }) => taskId);
  const { rows } = await sql<EventRow>`
    select ${columns}
    from unnest(${partitions}::integer[], ${taskIds}::text[]) as wanted(partition, task_id)
    join task_command.event e using (partition, task_id)
    order by e.task_id, e.version`.execute(db);
  return byTask(rows.map(storedEvent));
}

export function byTask(events: readonly StoredEvent[]): Map<TaskId, StoredEvent[]> {
  const streams = new Map<TaskId, StoredEvent[]>();
  for (const event of events) {
    const stream = streams.get(event.taskId);
    if (stream === undefined) streams.set(event.taskId, [event]);
    else stream.push(event);
  }
  return streams;
}
