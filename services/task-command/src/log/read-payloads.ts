import type { TaskId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { StreamKey } from './read-streams.ts';

export interface StoredContent {
  readonly contentType: string;
  readonly body: Buffer;
}

interface Row {
  readonly task_id: TaskId;
  readonly content_type: string;
  readonly body: Buffer;
}

/** The payloads of some tasks in one query. A task without one is missing. */
export async function readPayloads(
  db: Db,
  keys: readonly StreamKey[],
): Promise<Map<TaskId, StoredContent>> {
  if (keys.length === 0) return new Map();
  const partitions = keys.map(({ partition }) => partition);
  const taskIds = keys.map(({ taskId }) => taskId);
  const { rows } = await sql<Row>`
    select p.task_id, p.content_type, p.body
    from unnest(${partitions}::integer[], ${taskIds}::text[]) as wanted(partition, task_id)
    join task_command.payload p using (partition, task_id)`.execute(db);
  return new Map(
    rows.map(({ task_id: taskId, content_type: contentType, body }) => {
      return [taskId, { contentType, body }] as const;
    }),
  );
}
