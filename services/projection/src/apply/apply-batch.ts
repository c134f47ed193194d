import type { TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { type FoldedBatch, foldBatch } from '../view/fold-batch.ts';
import type { Move } from './checkpoint.ts';
import { readRows } from './read-rows.ts';
import { type BatchTarget, writeBatch } from './write-batch.ts';

const nobody: ReadonlySet<TaskId> = new Set();

/**
 * Contiguous events of one partition into the views: read the rows, fold, write. A task's rows move
 * with the checkpoint of its partition only, so what was read holds if the checkpoint can be moved.
 * Throws StaleWriterError when another writer was here. A rebuild throws the first
 * UnappliableEventError; a follower parks its task, and answers which.
 */
export async function applyBatch(
  target: BatchTarget,
  events: readonly RecordedEvent[],
  parked: ReadonlySet<TaskId> = nobody,
): Promise<FoldedBatch> {
  const rows = await readRows(target.db, target.schema, taskIdsOf(events));
  const folded = foldBatch(rows, events, parked);
  const [poison] = folded.poison;
  if (poison !== undefined && target.writer.kind === 'rebuild') throw poison;
  await writeBatch(target, moveOf(events), folded);
  return folded;
}

function moveOf(events: readonly RecordedEvent[]): Move {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('the batch is empty');
  return { partition: first.partition, from: first.position - 1n, to: last.position };
}

function taskIdsOf(events: readonly RecordedEvent[]): TaskId[] {
  return [...new Set(events.map(({ taskId }) => taskId))];
}
