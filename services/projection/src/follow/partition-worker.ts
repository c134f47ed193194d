import type { LiveEvents } from '@greencloud/bus';
import { follow, type LogReader, type RecordedEvent } from '@greencloud/event-log';
import { type Logger, sleep } from '@greencloud/runtime';
import { readCheckpoint, StaleWriterError, type Writer } from '../apply/checkpoint.ts';
import { readParked } from '../apply/park-tasks.ts';
import { RowMemory } from '../apply/row-memory.ts';
import type { PartitionBatch, ViewsWriter } from '../apply/views-writer.ts';
import { type Db, liveSchema } from '../postgres/database.ts';
import type { HeldRows } from './held-rows.ts';
import type { ProjectionMetrics } from './projection-metrics.ts';

export interface WorkerPorts {
  readonly db: Db;
  readonly views: ViewsWriter;
  readonly reader: LogReader;
  readonly bus: Pick<LiveEvents, 'follow'>;
  /** For reads: the rows that the worker knows. */
  readonly held: HeldRows;
  readonly metrics: ProjectionMetrics;
  readonly logger: Logger;
}

export interface WorkerTask {
  readonly partition: number;
  readonly instance: string;
  readonly epoch: bigint;
  /** Of the log. */
  readonly partitions: number;
  readonly isHeld: () => 'yes' | 'no';
}

const maxBackOffMs = 2_000;

/** Follows one partition into the views for as long as its lease is ours; resolves when it is not. */
export async function runPartitionWorker(
  ports: WorkerPorts,
  task: WorkerTask,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      await followOnce(ports, task, signal);
    } catch (error) {
      if (error instanceof StaleWriterError) return;
      if (signal.aborted) break;
      const { partition } = task;
      ports.logger.warn({ err: error, partition, failures }, 'the views cannot be written');
      await sleep(Math.min(maxBackOffMs, 100 * 2 ** failures), signal);
    }
  }
}

async function followOnce(
  ports: WorkerPorts,
  { partition, instance, epoch, partitions, isHeld }: WorkerTask,
  signal: AbortSignal,
): Promise<void> {
  const { db, reader, bus, held, metrics, logger } = ports;
  const writer: Writer = { kind: 'lease', instance, epoch };
  const from = await readCheckpoint(db, liveSchema, partition);
  const parked = await readParked(db, partition);
  const memory = new RowMemory();
  // A worker that waits for the database outlives its lease: its rows are not those of the next one.
  const known = { memory, isHeld: () => (signal.aborted ? 'no' : isHeld()) } as const;
  held.add(partition, partitions, known);
  metrics.lag.started(partition, from);
  const uncount = metrics.follows(parked);
  try {
    await follow({
      partition,
      from,
      reader,
      bus,
      signal,
      apply: (events) => applyAndMeasure(ports, { writer, events, parked, memory }, parked),
      onState: (state) => logger.debug({ partition, ...state }, 'following'),
    });
  } finally {
    held.remove(partition, known);
    metrics.lag.stopped(partition);
    uncount();
  }
}

async function applyAndMeasure(
  { views, metrics, logger }: WorkerPorts,
  batch: PartitionBatch,
  parked: Set<RecordedEvent['taskId']>,
): Promise<void> {
  const { events } = batch;
  const folded = await views.apply(batch);
  for (const { recorded, message } of folded.poison) {
    const { partition, position, taskId } = recorded;
    parked.add(taskId);
    logger.error({ partition, position, taskId, reason: message }, 'parked a task');
  }
  const last = events.at(-1);
  if (last !== undefined) metrics.lag.applied(last.partition, last.position);
  metrics.applied(events);
}
