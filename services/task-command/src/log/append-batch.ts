import type { TaskEvent, TaskId, TenantId } from '@greencloud/domain';
import { CompiledQuery } from 'kysely';
import type { Db } from '../postgres/database.ts';

/** An event that may be appended, if its stream still stands at `expectedVersion`. */
export interface Draft {
  readonly taskId: TaskId;
  readonly commandId: string;
  readonly eventId: string;
  readonly tenantId: TenantId;
  readonly expectedVersion: number;
  readonly type: TaskEvent['type'];
  readonly schemaVersion: number;
  /** The encoded TaskEvent. */
  readonly data: Uint8Array;
  readonly idempotency: { readonly key: string; readonly requestHash: Uint8Array } | undefined;
  /** The payload of a TaskIssued, the result of a TaskFinished. */
  readonly content: { readonly contentType: string; readonly body: Uint8Array } | undefined;
}

export type AppendOutcome =
  | { readonly kind: 'accepted'; readonly position: bigint; readonly recordedAt: Date }
  /** The command is in the log already. `taskId` differs when its idempotency key named the task. */
  | { readonly kind: 'duplicate'; readonly version: number; readonly taskId: TaskId }
  /** The idempotency key has issued another task with the same request. */
  | { readonly kind: 'replayed'; readonly taskId: TaskId }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'conflict'; readonly version: number };

interface Row {
  readonly outcome: AppendOutcome['kind'];
  readonly version: number;
  readonly position: bigint;
  readonly task_id: TaskId;
  readonly recorded_at: Date;
}

const types = [
  'integer',
  'text[]',
  'uuid[]',
  'uuid[]',
  'integer[]',
  'text[]',
  'smallint[]',
  'text[]',
  'bytea[]',
  'text[]',
  'bytea[]',
  'text[]',
  'bytea[]',
];

export const appendBatchSql = `select * from task_command.append_batch(${types
  .map((type, index) => `$${index + 1}::${type}`)
  .join(', ')})`;

/** One transaction, one round trip. Outcomes come in the order of the drafts. */
export async function appendBatch(
  db: Db,
  partition: number,
  drafts: readonly Draft[],
): Promise<AppendOutcome[]> {
  const query = CompiledQuery.raw(appendBatchSql, parametersOf(partition, drafts));
  const { rows } = await db.executeQuery<Row>(query);
  return rows.map(outcomeOf);
}

function parametersOf(partition: number, drafts: readonly Draft[]): unknown[] {
  const column = <T>(of: (draft: Draft) => T) => drafts.map(of);
  return [
    partition,
    column((draft) => draft.taskId),
    column((draft) => draft.commandId),
    column((draft) => draft.eventId),
    column((draft) => draft.expectedVersion),
    column((draft) => draft.type),
    column((draft) => draft.schemaVersion),
    column((draft) => draft.tenantId),
    column((draft) => draft.data),
    column((draft) => draft.idempotency?.key ?? null),
    column((draft) => draft.idempotency?.requestHash ?? null),
    column((draft) => draft.content?.contentType ?? null),
    column((draft) => draft.content?.body ?? null),
  ];
}

function outcomeOf(row: Row): AppendOutcome {
  const { outcome: kind, version, position, task_id: taskId, recorded_at: recordedAt } = row;
  switch (kind) {
    case 'accepted':
      return { kind, position, recordedAt };
    case 'duplicate':
      return { kind, version, taskId };
    case 'replayed':
      return { kind, taskId };
    case 'key_reused':
      return { kind };
    case 'conflict':
      return { kind, version };
    default:
      return kind satisfies never;
  }
}
