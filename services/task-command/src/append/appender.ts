import { DomainError, partitionOf, type TaskId } from '@greencloud/domain';
import { type Batcher, createBatcher, type Metrics, QueueFullError } from '@greencloud/runtime';
import { createAppendMetrics, gaugeWaiting } from './append-metrics.ts';
import type { AppendAnswer, AppendRequest } from './append-request.ts';
import { keyPartition, taskIdIn } from './key-partition.ts';
import { BatchWriter, type WriterOptions } from './batch-writer.ts';

export interface AppenderOptions extends Omit<WriterOptions, 'metrics'> {
  /** Batches in flight: partition p goes with lane p modulo their number. */
  readonly lanes: number;
  /** Commands that may wait in each lane. */
  readonly maxWaiting: number;
  /** Payload and result bytes that may be on their way, over all partitions. */
  readonly maxBytes: number;
  readonly metrics: Metrics;
}

export interface Appender {
  /** Rejects with a DomainError: a refusal of the domain, OVERLOADED, UNAVAILABLE. */
  submit(request: AppendRequest): Promise<AppendAnswer>;
  /** Takes nothing more; resolves when all that was taken has its answer. */
  drain(): Promise<void>;
}

// A commit of 256 events takes some 13 ms: larger batches gain nothing and delay the small ones.
const maxBatchItems = 256;
const maxBatchBytes = 1024 * 1024;
/** An event with its ids, roughly. */
const eventBytes = 400;

/** Group commit: one batch in flight in each lane, and what arrives meanwhile is the next. */
export function createAppender(options: AppenderOptions): Appender {
  const { partitions, maxBytes, maxWaiting } = options;
  const writer = new BatchWriter({ ...options, metrics: createAppendMetrics(options.metrics) });
  const lanes = Array.from({ length: options.lanes }, () => createLane(writer, maxWaiting));
  gaugeWaiting(options.metrics, () => lanes.map(({ waiting }) => waiting));
  let bytes = 0;
  return {
    async submit(request) {
      const placed = place(request, partitions);
      const lane = laneOf(placed.taskId, lanes, partitions);
      const size = sizeOf(placed);
      if (bytes + size > maxBytes) throw overloaded();
      bytes += size;
      try {
        return await lane.submit(placed);
      } catch (error) {
        throw error instanceof QueueFullError ? overloaded() : error;
      } finally {
        bytes -= size;
      }
    },
    drain: async () => void (await Promise.all(lanes.map((lane) => lane.drain()))),
  };
}

type Lane = Batcher<AppendRequest, AppendAnswer>;

function createLane(writer: BatchWriter, maxWaiting: number): Lane {
  return createBatcher({
    run: (requests) => writer.write(requests),
    maxItems: maxBatchItems,
    maxBytes: maxBatchBytes,
    sizeOf,
    maxWaiting,
  });
}

/** A keyed task gets an id of the key's partition, whose lock then serialises all uses of the key. */
function place(request: AppendRequest, partitions: number): AppendRequest {
  const { idempotency, command } = request;
  if (idempotency === undefined || command.type !== 'IssueTask') return request;
  const partition = keyPartition(command.tenantId, idempotency.key, partitions);
  return { ...request, taskId: taskIdIn(partition, partitions, request.taskId) };
}

function laneOf(taskId: TaskId, lanes: readonly Lane[], partitions: number): Lane {
  const lane = lanes[partitionOf(taskId, partitions) % lanes.length];
  if (lane === undefined) throw new Error('an appender without lanes');
  return lane;
}

function sizeOf({ content }: AppendRequest): number {
  return eventBytes + (content?.body.byteLength ?? 0);
}

function overloaded(): DomainError {
  return new DomainError('OVERLOADED', 'Too many commands wait for the log');
}
