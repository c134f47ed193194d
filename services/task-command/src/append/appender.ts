import { DomainError, partitionOf, type TaskId } from '@greencloud/domain';
import { type Batcher, createBatcher, type Metrics, QueueFullError } from '@greencloud/runtime';
import { createAppendMetrics, gaugeWaiting } from './append-metrics.ts';
import type { AppendAnswer, AppendRequest } from './append-request.ts';
import { keyPartition, taskIdIn } from './key-partition.ts';
import { PartitionWriter, type WriterOptions } from './partition-writer.ts';

export interface AppenderOptions extends Omit<WriterOptions, 'partition' | 'metrics'> {
  readonly partitions: number;
  /** Commands that may wait for each partition. */
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

/** Group commit: one batch in flight for each partition, and what arrives meanwhile is the next. */
export function createAppender(options: AppenderOptions): Appender {
  const { partitions, maxBytes, maxWaiting } = options;
  const metrics = createAppendMetrics(options.metrics);
  const batchers = Array.from({ length: partitions }, (_, partition) =>
    partitionBatcher(new PartitionWriter({ ...options, metrics, partition }), maxWaiting),
  );
  gaugeWaiting(options.metrics, () => batchers.map(({ waiting }) => waiting));
  let bytes = 0;
  return {
    async submit(request) {
      const { batcher, placed } = place(request, batchers);
      const size = sizeOf(placed);
      if (bytes + size > maxBytes) throw overloaded();
      bytes += size;
      try {
        return await batcher.submit(placed);
      } catch (error) {
        throw error instanceof QueueFullError ? overloaded() : error;
      } finally {
        bytes -= size;
      }
    },
    drain: async () => void (await Promise.all(batchers.map((batcher) => batcher.drain()))),
  };
}

type RequestBatcher = Batcher<AppendRequest, AppendAnswer>;

function partitionBatcher(writer: PartitionWriter, maxWaiting: number): RequestBatcher {
  return createBatcher({
    run: (requests) => writer.write(requests),
    maxItems: maxBatchItems,
    maxBytes: maxBatchBytes,
    sizeOf,
    maxWaiting,
  });
}

/** A keyed task gets an id of the key's partition, whose lock then serialises all uses of the key. */
function place(
  request: AppendRequest,
  batchers: readonly RequestBatcher[],
): { batcher: RequestBatcher; placed: AppendRequest } {
  const { idempotency, command } = request;
  if (idempotency === undefined || command.type !== 'IssueTask') {
    return { batcher: batcherOf(request.taskId, batchers), placed: request };
  }
  const partition = keyPartition(command.tenantId, idempotency.key, batchers.length);
  const taskId = taskIdIn(partition, batchers.length, request.taskId);
  return { batcher: batcherOf(taskId, batchers), placed: { ...request, taskId } };
}

function batcherOf(taskId: TaskId, batchers: readonly RequestBatcher[]): RequestBatcher {
  const batcher = batchers[partitionOf(taskId, batchers.length)];
  if (batcher === undefined) throw new Error('a log without partitions');
  return batcher;
}

function sizeOf({ content }: AppendRequest): number {
  return eventBytes + (content?.body.byteLength ?? 0);
}

function overloaded(): DomainError {
  return new DomainError('OVERLOADED', 'Too many commands wait for the log');
}
