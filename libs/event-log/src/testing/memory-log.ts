import { partitionOf, type TaskId } from '@greencloud/domain';
import type { LogContent, LogReader, OpenTasks } from '../reader/log-reader.ts';
import type { Envelope, RecordedEvent } from '../recorded-event.ts';

/** An event log in memory, with the guarantees of the real one: dense positions, dense versions. */
export interface MemoryLog extends LogReader {
  readonly partitions: number;
  append(taskId: TaskId, ...events: RecordedEvent['event'][]): RecordedEvent[];
  /** A partition's events from position 1. */
  events(partition: number): readonly RecordedEvent[];
  setResult(taskId: TaskId, content: LogContent): void;
}

export interface MemoryLogOptions {
  readonly partitions: number;
  /** Events in one answer of `readPartition`; default 1,000. */
  readonly batch?: number;
  /** Unix ms of each append. */
  readonly now?: () => number;
}

export function createMemoryLog(options: MemoryLogOptions): MemoryLog {
  return new ArrayLog(options);
}

class ArrayLog implements MemoryLog {
  readonly partitions: number;
  readonly #batch: number;
  readonly #now: () => number;
  readonly #events: RecordedEvent[][];
  readonly #streams = new Map<TaskId, RecordedEvent[]>();
  readonly #results = new Map<TaskId, LogContent>();

  constructor({ partitions, batch = 1_000, now = Date.now }: MemoryLogOptions) {
    this.partitions = partitions;
    this.#batch = batch;
    this.#now = now;
    this.#events = Array.from({ length: partitions }, () => []);
  }

  append(taskId: TaskId, ...events: RecordedEvent['event'][]): RecordedEvent[] {
    return events.map((event) => this.#appendOne(taskId, event));
  }

  #appendOne(taskId: TaskId, event: RecordedEvent['event']): RecordedEvent {
    const stream = this.#streams.get(taskId) ?? [];
    const recorded = { ...this.#envelope(taskId, stream, event), event };
    this.#streams.set(taskId, [...stream, recorded]);
    this.events(recorded.partition).push(recorded);
    return recorded;
  }

  #envelope(taskId: TaskId, stream: RecordedEvent[], event: RecordedEvent['event']): Envelope {
    const tenantId = event.type === 'TaskIssued' ? event.tenantId : stream[0]?.tenantId;
    if (tenantId === undefined) throw new Error('a task begins with TaskIssued');
    const partition = partitionOf(taskId, this.partitions);
    const position = BigInt(this.events(partition).length + 1);
    const version = stream.length + 1;
    return {
      partition,
      position,
      taskId,
      version,
      eventId: `event-${partition}-${position}`,
      commandId: `command-${partition}-${position}`,
      tenantId,
      recordedAt: this.#now(),
    };
  }

  events(partition: number): RecordedEvent[] {
    const events = this.#events[partition];
    if (events === undefined) throw new RangeError(`no partition ${partition}`);
    return events;
  }

  setResult(taskId: TaskId, content: LogContent): void {
    this.#results.set(taskId, content);
  }

  async getLog() {
    const heads = this.#events.map((events) => BigInt(events.length));
    return { partitions: this.partitions, heads };
  }

  async *readPartition(
    partition: number,
    after: bigint,
    { upTo = 0n, signal }: { readonly upTo?: bigint; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<RecordedEvent[]> {
    const head = this.events(partition).length;
    const end = upTo === 0n ? head : Math.min(head, Number(upTo));
    for (let start = Number(after); start < end; start += this.#batch) {
      signal?.throwIfAborted();
      yield this.events(partition).slice(start, Math.min(end, start + this.#batch));
    }
  }

  async readTasks(taskIds: readonly TaskId[]) {
    return new Map(
      taskIds.flatMap((taskId) => {
        const stream = this.#streams.get(taskId);
        return stream === undefined ? [] : [[taskId, stream] as const];
      }),
    );
  }

  async *listOpenTasks(partition: number): AsyncGenerator<OpenTasks> {
    const all = [...this.#streams.values()];
    const streams = all.filter((stream) => stream[0]?.partition === partition && isOpen(stream));
    yield { asOf: BigInt(this.events(partition).length), streams };
  }

  async getResults(keys: Parameters<LogReader['getResults']>[0]) {
    return keys.map(({ tenantId, taskId }) =>
      this.#streams.get(taskId)?.[0]?.tenantId === tenantId ? this.#results.get(taskId) : undefined,
    );
  }

  async getPayload() {
    return undefined;
  }

  close(): void {}
}

function isOpen(stream: readonly RecordedEvent[]): boolean {
  return !stream.some(({ event }: { event: { type: string } }) => event.type === 'TaskFinished');
}
