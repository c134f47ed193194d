import { parseTaskId, type TaskId } from '@greencloud/domain';
import { elementTypes } from '@greencloud/postgres';
import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import { batchColumn } from '../view/batch-column.ts';
import type { BatchTables } from '../view/batch-table.ts';
import type { UnappliableEventError } from '../view/fold-task.ts';
import type { WritePart } from './write-part.ts';

const { bigint, integer, text } = elementTypes;

/** Tasks of a partition whose events are passed over until a rebuild. */
export async function readParked(db: Db, partition: number): Promise<Set<TaskId>> {
  const { rows } = await sql<{ task_id: string }>`
    select task_id from projection.parked_task where partition = ${partition}`.execute(db);
  return new Set(rows.map(({ task_id }) => parseTaskId(task_id)));
}

const poisonColumns = [
  batchColumn('task_id', text, ({ recorded }: UnappliableEventError) => recorded.taskId),
  batchColumn('partition', integer, ({ recorded }: UnappliableEventError) => recorded.partition),
  batchColumn('position', bigint, ({ recorded }: UnappliableEventError) => recorded.position),
  batchColumn('version', integer, ({ recorded }: UnappliableEventError) => recorded.version),
  batchColumn('reason', text, ({ message }: UnappliableEventError) => message),
];

export function parkTasks(schema: string, tables: BatchTables): WritePart<UnappliableEventError> {
  const poison = tables.add('poison', poisonColumns);
  const sql = `
    insert into ${schema}.parked_task (task_id, partition, position, version, reason)
    select poison.* from ${poison.sql} where poison.partition in (select partition from moved)
    on conflict (task_id) do nothing`;
  return { sql, parametersOf: poison.parametersOf };
}
