import type { TaskId } from '@greencloud/domain';
import { prepared } from '@greencloud/postgres';
import { CompiledQuery } from 'kysely';
import type { Db } from '../postgres/database.ts';
import { appendParameters, appendParameterTypes } from './append-parameters.ts';
import type { Draft } from './draft.ts';
import { heldBack } from './held-back.ts';

export type AppendOutcome =
  | { readonly kind: 'accepted'; readonly position: bigint; readonly recordedAt: Date }
  /** The command is in the log already. `taskId` differs when its idempotency key named the task. */
  | { readonly kind: 'duplicate'; readonly version: number; readonly taskId: TaskId }
  /** The idempotency key has issued another task with the same request. */
  | { readonly kind: 'replayed'; readonly taskId: TaskId }
  | { readonly kind: 'key_reused' }
  /** To be decided again on what the log has by then. */
  | { readonly kind: 'conflict' };

interface HeadRow {
  readonly ord: null;
  readonly partition: number;
  /** Before the batch. */
  readonly head: bigint;
  readonly recorded_at: Date;
}

interface RefusedRow {
  /** Of the draft, from 1. */
  readonly ord: number;
  readonly outcome: Exclude<AppendOutcome['kind'], 'accepted'>;
  readonly version: number;
  readonly task_id: TaskId;
}

const placeholders = appendParameterTypes.map((type, index) => `$${index + 1}::${type}`).join(', ');
const appendBatchSql = prepared(
  'append_batch',
  `select * from task_command.append_batch(${placeholders})`,
);

/** One transaction, one round trip, any partitions. Outcomes come in the order of the drafts. */
export async function appendBatch(db: Db, drafts: readonly Draft[]): Promise<AppendOutcome[]> {
  const held = heldBack(drafts);
  if (held.size === 0) return await append(db, drafts);
  const outcomes = (
    await append(
      db,
      drafts.filter((draft) => !held.has(draft)),
    )
  ).values();
  return drafts.map((draft) => (held.has(draft) ? heldOutcome : next(outcomes)));
}

const heldOutcome: AppendOutcome = { kind: 'conflict' };

function next<T>(values: Iterator<T, unknown>): T {
  const step = values.next();
  if (step.done === true) throw new Error('fewer outcomes than drafts');
  return step.value;
}

/** The first draft is never held back, so there is one at least. */
async function append(db: Db, drafts: readonly Draft[]): Promise<AppendOutcome[]> {
  const query = CompiledQuery.raw(appendBatchSql, appendParameters(drafts));
  const { rows } = await db.executeQuery<HeadRow | RefusedRow>(query);
  return outcomesOf(drafts, rows);
}

function outcomesOf(
  drafts: readonly Draft[],
  rows: readonly (HeadRow | RefusedRow)[],
): AppendOutcome[] {
  const heads = new Map<number, { position: bigint; readonly recordedAt: Date }>();
  const refused = new Map<number, RefusedRow>();
  for (const row of rows) {
    if (row.ord !== null) refused.set(row.ord - 1, row);
    else heads.set(row.partition, { position: row.head, recordedAt: row.recorded_at });
  }
  return drafts.map(({ partition }, index) => {
    const refusal = refused.get(index);
    if (refusal !== undefined) return refusalOf(refusal);
    const head = heads.get(partition);
    if (head === undefined) throw new Error('an append lost a partition');
    head.position += 1n;
    return { kind: 'accepted', position: head.position, recordedAt: head.recordedAt };
  });
}

function refusalOf({ outcome: kind, version, task_id: taskId }: RefusedRow): AppendOutcome {
  switch (kind) {
    case 'duplicate':
      return { kind, version, taskId };
    case 'replayed':
      return { kind, taskId };
    case 'key_reused':
    case 'conflict':
      return { kind };
    default:
      return kind satisfies never;
  }
}
