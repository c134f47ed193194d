import type { TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { createBatcher, type Logger, sleep } from '@greencloud/runtime';
import type { Db } from '../postgres/database.ts';
import { type FoldedBatch, foldBatch } from '../view/fold-batch.ts';
import type { TaskRow } from '../view/task-row.ts';
import { moveOf } from './apply-batch.ts';
import { StaleWriterError, type Writer } from './checkpoint.ts';
import { readRows } from './read-rows.ts';
import type { RowMemory } from './row-memory.ts';
import { writeAlone } from './write-alone.ts';
import { writeBatches } from './write-batches.ts';

/** What a partition's worker has to bring into the views. */
export interface PartitionBatch {
  readonly writer: Writer;
  readonly events: readonly RecordedEvent[];
  readonly parked: ReadonlySet<TaskId>;
  readonly memory: RowMemory;
}

export interface ViewsWriter {
  /** Rejects with StaleWriterError, or as the database does. Answers what became of the batch. */
  apply(batch: PartitionBatch): Promise<FoldedBatch>;
}

export interface ViewsWriterOptions {
  readonly db: Db;
  readonly schema: string;
  readonly logger: Logger;
  readonly onWritten: (events: number, seconds: number) => void;
  readonly signal: AbortSignal;
}

// Above 600 events/s a task's events are gathered for a moment, so that its row is written twice
// and not four times. Far below the 250 ms that the views may be behind, and never at low load.
const manyEvents = 64;
const gatherMs = 100;

/** One transaction at a time for all partitions: what arrives meanwhile is the next one. */
export function createViewsWriter(options: ViewsWriterOptions): ViewsWriter {
  const batcher = createBatcher<PartitionBatch, FoldedBatch>({
    run: (batches) => writePaced(options, batches),
    // One of each partition's worker at most.
    maxItems: 1_024,
    maxWaiting: 1_024,
  });
  return { apply: (batch) => batcher.submit(batch) };
}

async function writePaced(
  options: ViewsWriterOptions,
  batches: readonly PartitionBatch[],
): Promise<(FoldedBatch | Error)[]> {
  const startedAt = performance.now();
  const outcomes = await write(options, batches);
  const tookMs = performance.now() - startedAt;
  const events = batches.reduce((sum, batch) => sum + batch.events.length, 0);
  options.onWritten(events, tookMs / 1_000);
  if (events >= manyEvents) await sleep(Math.max(0, gatherMs - tookMs), options.signal);
  return outcomes;
}

async function write(
  options: ViewsWriterOptions,
  batches: readonly PartitionBatch[],
): Promise<(FoldedBatch | Error)[]> {
  try {
    return await writeTogether(options, batches);
  } catch (error) {
    // One partition's fault must not stop the others.
    options.logger.warn({ err: error, batches: batches.length }, 'batches are written one by one');
    return await Promise.all(batches.map((batch) => settleAlone(options, batch)));
  }
}

async function writeTogether(
  { db, schema }: ViewsWriterOptions,
  batches: readonly PartitionBatch[],
): Promise<(FoldedBatch | Error)[]> {
  const missing = batches.flatMap(({ memory, events }) => memory.missing(events));
  const read = missing.length === 0 ? noRows : await readRows(db, schema, missing);
  const moves = batches.map(({ writer, events, parked, memory }) => {
    const rows = { get: (taskId: TaskId) => memory.get(taskId) ?? read.get(taskId) };
    return { move: moveOf(events), writer, folded: foldBatch(rows, events, parked), memory };
  });
  for (const { folded, memory } of moves) memory.writing(folded);
  const moved = await writeBatches(db, schema, moves);
  return moves.map(({ move, folded, memory }) => {
    if (moved.has(move.partition)) {
      memory.written(folded);
      return folded;
    }
    memory.clear();
    return new StaleWriterError(move.partition);
  });
}

const noRows: ReadonlyMap<TaskId, TaskRow> = new Map();

/** Every row is read: if it was the memory that was wrong, this is right. */
async function settleAlone(
  { db, schema }: ViewsWriterOptions,
  { writer, events, parked, memory }: PartitionBatch,
): Promise<FoldedBatch | Error> {
  try {
    memory.clear();
    const folded = await writeAlone({ db, schema, writer }, events, parked);
    memory.written(folded);
    return folded;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
