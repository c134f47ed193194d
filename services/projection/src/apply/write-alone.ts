import type { TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { isUnstorable } from '../postgres/sql-states.ts';
import type { FoldedBatch } from '../view/fold-batch.ts';
import { UnappliableEventError } from '../view/fold-task.ts';
import { applyBatch, type BatchTarget, moveOf } from './apply-batch.ts';
import { StaleWriterError } from './checkpoint.ts';
import { writeBatches } from './write-batches.ts';

/**
 * A batch that could not be written. A value that a column cannot hold fails the whole statement
 * and does not say whose it is: event by event it is found, and its task parked, so that one task
 * never holds up its partition. Rejects as `applyBatch` does for every other reason.
 */
export async function writeAlone(
  target: BatchTarget,
  events: readonly RecordedEvent[],
  parked: ReadonlySet<TaskId>,
): Promise<FoldedBatch> {
  try {
    return await applyBatch(target, events, parked);
  } catch (error) {
    if (!isUnstorable(error)) throw error;
    return await writeOneByOne(target, events, parked);
  }
}

async function writeOneByOne(
  target: BatchTarget,
  events: readonly RecordedEvent[],
  parked: ReadonlySet<TaskId>,
): Promise<FoldedBatch> {
  const passed = new Set(parked);
  const batches: FoldedBatch[] = [];
  for (const event of events) {
    const folded = await writeOrPark(target, event, passed);
    for (const { recorded } of folded.poison) passed.add(recorded.taskId);
    batches.push(folded);
  }
  return {
    changes: batches.flatMap(({ changes }) => changes),
    poison: batches.flatMap(({ poison }) => poison),
  };
}

async function writeOrPark(
  target: BatchTarget,
  event: RecordedEvent,
  parked: ReadonlySet<TaskId>,
): Promise<FoldedBatch> {
  try {
    return await applyBatch(target, [event], parked);
  } catch (error) {
    if (!isUnstorable(error)) throw error;
    return await park(target, new UnappliableEventError('unstorable', event, error.message));
  }
}

async function park(
  { db, schema, writer }: BatchTarget,
  poison: UnappliableEventError,
): Promise<FoldedBatch> {
  const folded = { changes: [], poison: [poison] };
  const move = moveOf([poison.recorded]);
  const moved = await writeBatches(db, schema, [{ move, writer, folded }]);
  if (!moved.has(move.partition)) throw new StaleWriterError(move.partition);
  return folded;
}
