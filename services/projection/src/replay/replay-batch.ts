import type { TaskId } from '@greencloud/domain';
import type { LogReader, RecordedEvent } from '@greencloud/event-log';
import { sql } from 'kysely';
import { readCheckpoint } from '../apply/checkpoint.ts';
import { readRows } from '../apply/read-rows.ts';
import { type FoldedMove, writeBatches } from '../apply/write-batches.ts';
import { type Db, liveSchema, type Tx } from '../postgres/database.ts';
import { assertSeized, type Seizure } from '../rebuild/seize-leases.ts';
import type { RowChange } from '../view/count-deltas.ts';
import { foldTask, UnappliableEventError } from '../view/fold-task.ts';
import type { TaskRow } from '../view/task-row.ts';
import type { ParkedTask } from './read-parked.ts';

export type Replayed =
  | { readonly kind: 'replayed'; readonly taskId: TaskId; readonly version: number }
  | { readonly kind: 'still parked'; readonly taskId: TaskId; readonly reason: string };

export interface ReplayPorts {
  readonly db: Db;
  readonly reader: Pick<LogReader, 'readTasks'>;
}

/**
 * Folds parked tasks up to their partition's checkpoint, writes their rows and unparks them, while
 * the leases are held: no follower passes over an event of theirs meanwhile, and each begins anew
 * with the parked tasks that are left.
 */
export async function replayBatch(
  { db, reader }: ReplayPorts,
  seizure: Seizure,
  tasks: readonly ParkedTask[],
): Promise<Replayed[]> {
  const streams = await reader.readTasks(tasks.map(({ taskId }) => taskId));
  return await db.transaction().execute(async (tx) => {
    await assertSeized(tx, seizure);
    const replayed: Replayed[] = [];
    for (const [partition, ofPartition] of Map.groupBy(tasks, (task) => task.partition)) {
      const ids = ofPartition.map(({ taskId }) => taskId);
      replayed.push(...(await replayPartition(tx, partition, ids, streams)));
    }
    return replayed;
  });
}

async function replayPartition(
  tx: Tx,
  partition: number,
  taskIds: readonly TaskId[],
  streams: ReadonlyMap<TaskId, RecordedEvent[]>,
): Promise<Replayed[]> {
  const upTo = await readCheckpoint(tx, liveSchema, partition);
  const rows = await readRows(tx, liveSchema, taskIds);
  const folds = taskIds.map((taskId) => {
    const events = (streams.get(taskId) ?? []).filter(({ position }) => position <= upTo);
    return foldOne(taskId, rows.get(taskId), events);
  });
  const changes = folds.flatMap((fold) => ('after' in fold ? [fold] : []));
  await write(tx, { partition, from: upTo, to: upTo }, changes);
  const unparked = changes.map(({ after }) => after.taskId);
  await sql`
    delete from projection.parked_task where task_id = any(${unparked}::text[])`.execute(tx);
  return folds.map((fold) => {
    if (!('after' in fold)) return fold;
    const { taskId, version } = fold.after;
    return { kind: 'replayed', taskId, version };
  });
}

function foldOne(
  taskId: TaskId,
  before: TaskRow | undefined,
  events: readonly RecordedEvent[],
): RowChange | Replayed {
  try {
    const after = foldTask(before, events);
    if (after !== undefined) return { before, after };
    return { kind: 'still parked', taskId, reason: 'the log does not have it' };
  } catch (error) {
    if (!(error instanceof UnappliableEventError)) throw error;
    return { kind: 'still parked', taskId, reason: error.message };
  }
}

/** As any batch, only that the checkpoint stays. The leases are held, so it looks for none. */
async function write(
  tx: Tx,
  move: FoldedMove['move'],
  changes: readonly RowChange[],
): Promise<void> {
  const news = changes.filter(({ before, after }) => before !== after);
  if (news.length === 0) return;
  const folded = { changes: news, poison: [] };
  await writeBatches(tx, liveSchema, [{ move, writer: { kind: 'rebuild' }, folded }]);
}
