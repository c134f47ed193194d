import type { TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import type { Db } from '../postgres/database.ts';
import { type FoldedBatch, foldBatch } from '../view/fold-batch.ts';
import { type Move, StaleWriterError, type Writer } from './checkpoint.ts';
import { readRows } from './read-rows.ts';
import { writeBatches } from './write-batches.ts';

export interface BatchTarget {
  readonly db: Db;
  readonly schema: string;
  readonly writer: Writer;
}

const nobody: ReadonlySet<TaskId> = new Set();

/**
 * Contiguous events of one partition into the views: read the rows, fold, write. A task's rows move
 * with the checkpoint of its partition only, so what was read holds if the checkpoint can be moved.
 * Throws StaleWriterError when another writer was here. A rebuild throws the first
 * UnappliableEventError; a follower parks its task, and answers which.
 */
export async function applyBatch(
  { db, schema, writer }: BatchTarget,
  events: readonly RecordedEvent[],
  parked: ReadonlySet<TaskId> = nobody,
): Promise<FoldedBatch> {
  const rows = await readRows(db, schema, taskIdsOf(events));
  const folded = foldBatch(rows, events, parked);
  const [poison] = folded.poison;
  if (poison !== undefined && writer.kind === 'rebuild') throw poison;
  const move = moveOf(events);
  const moved = await writeBatches(db, schema, [{ move, writer, folded }]);
  if (!moved.has(move.partition)) throw new StaleWriterError(move.partition);
  return folded;
}

export function moveOf(events: readonly RecordedEvent[]): Move {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('the batch is empty');
  return { partition: first.partition, from: first.position - 1n, to: last.position };
}

function taskIdsOf(events: readonly RecordedEvent[]): TaskId[] {
  return [...new Set(events.map(({ taskId }) => taskId))];
}
