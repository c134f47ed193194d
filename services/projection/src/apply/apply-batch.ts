import type { TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import type { Db, Tx } from '../postgres/database.ts';
import { countDeltas } from '../view/count-deltas.ts';
import { type FoldedBatch, foldBatch } from '../view/fold-batch.ts';
import { moveCheckpoint, type Writer } from './checkpoint.ts';
import { countTasks } from './count-tasks.ts';
import { parkTasks } from './park-tasks.ts';
import { readRows } from './read-rows.ts';
import { upsertRows } from './upsert-rows.ts';

export interface BatchTarget {
  readonly db: Db;
  readonly schema: string;
  readonly writer: Writer;
}

const nobody: ReadonlySet<TaskId> = new Set();

/**
 * Contiguous events of one partition into the views, with their checkpoint, in one transaction.
 * Throws StaleWriterError when another writer was here. A rebuild throws the first
 * UnappliableEventError; a follower parks its task, and answers which.
 */
export async function applyBatch(
  target: BatchTarget,
  events: readonly RecordedEvent[],
  parked: ReadonlySet<TaskId> = nobody,
): Promise<FoldedBatch> {
  const { db, schema, writer } = target;
  const move = moveOf(events);
  return await db.transaction().execute(async (tx) => {
    await moveCheckpoint(tx, schema, writer, move);
    const rows = await readRows(tx, schema, taskIdsOf(events));
    const folded = foldBatch(rows, events, parked);
    await refuseOrPark(tx, writer, folded);
    await upsertRows(
      tx,
      schema,
      folded.changes.map(({ after }) => after),
    );
    await countTasks(tx, schema, move.partition, countDeltas(folded.changes));
    return folded;
  });
}

function moveOf(events: readonly RecordedEvent[]) {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('the batch is empty');
  return { partition: first.partition, from: first.position - 1n, to: last.position };
}

function taskIdsOf(events: readonly RecordedEvent[]): TaskId[] {
  return [...new Set(events.map(({ taskId }) => taskId))];
}

async function refuseOrPark(tx: Tx, writer: Writer, { poison }: FoldedBatch): Promise<void> {
  const [first] = poison;
  if (first === undefined) return;
  if (writer.kind === 'rebuild') throw first;
  await parkTasks(tx, poison);
}
