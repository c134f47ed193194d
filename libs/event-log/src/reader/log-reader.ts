import { parseTaskId, type TaskId, type TenantId } from '@greencloud/domain';
import {
  type CallOptions,
  type ClientTls,
  createGrpcClient,
  type GrpcClient,
} from '@greencloud/grpc';
import {
  EventLogServiceClient,
  type EventLogServiceService,
  type TaskStream,
} from '@greencloud/proto/eventlog/v1/event_log';
import type { Content } from '@greencloud/proto/task/v1/task';
import { fromProtoRecordedEvent } from '../codec/recorded-event.ts';
import type { RecordedEvent } from '../recorded-event.ts';
import { inPieces } from './pieces.ts';

export interface LogHeads {
  /** Fixed when the log was created. */
  readonly partitions: number;
  /** Index: the partition. Value: its last position, 0 when empty. */
  readonly heads: readonly bigint[];
}

export interface OpenTasks {
  /** The same in every part of one answer; at least one part comes. */
  readonly asOf: bigint;
  /** Whole streams of tasks without a finish. */
  readonly streams: readonly RecordedEvent[][];
}

export interface TaskKey {
  readonly tenantId: TenantId;
  readonly taskId: TaskId;
}

export interface LogContent {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** The log by gRPC. Rejects with the DomainError of the service, `UNAVAILABLE` when it is away. */
export interface LogReader {
  getLog(signal?: AbortSignal): Promise<LogHeads>;
  /** Contiguous batches after a position, up to `upTo` or the head at the time of the call. */
  readPartition(
    partition: number,
    after: bigint,
    options?: { readonly upTo?: bigint; readonly signal?: AbortSignal },
  ): AsyncIterable<RecordedEvent[]>;
  /** Whole streams by task id; a task without events is not in the map. Any number of ids. */
  readTasks(
    taskIds: readonly TaskId[],
    options?: CallOptions,
  ): Promise<ReadonlyMap<TaskId, RecordedEvent[]>>;
  listOpenTasks(partition: number, signal?: AbortSignal): AsyncIterable<OpenTasks>;
  /** In the order of the keys; undefined for no such task of that tenant, or no result yet. */
  getResults(
    keys: readonly TaskKey[],
    options?: CallOptions,
  ): Promise<readonly (LogContent | undefined)[]>;
  getPayload(taskId: TaskId, options?: CallOptions): Promise<LogContent | undefined>;
  close(): void;
}

export type EventLogClient = GrpcClient<EventLogServiceService>;

// The service's own limits.
const maxTaskIds = 1_000;
const maxResultKeys = 100;
// A thousand streams of 4 KiB events; the default 4 MiB would not hold them.
const maxMessageBytes = 64 * 1024 * 1024;

/**
 * Over an address (`host:port`, several with commas), or over a client that is there already.
 * `tls` is `tls.to('task-command')`; without it the address is called in plaintext.
 */
export function createLogReader(
  log: string | EventLogClient,
  options: { readonly tls?: ClientTls | undefined } = {},
): LogReader {
  return new GrpcLogReader(typeof log === 'string' ? connect(log, options.tls) : log);
}

function connect(address: string, tls: ClientTls | undefined): EventLogClient {
  return createGrpcClient(EventLogServiceClient, address, {
    tls,
    maxMessageBytes,
    calls: 'over streams',
    idempotent: ['getLog', 'readTasks', 'batchGetResults', 'getPayload'],
  });
}

class GrpcLogReader implements LogReader {
  readonly #client: EventLogClient;

  constructor(client: EventLogClient) {
    this.#client = client;
  }

  async getLog(signal?: AbortSignal): Promise<LogHeads> {
    return await this.#client.unary('getLog', {}, callOf(signal));
  }

  async *readPartition(
    partition: number,
    after: bigint,
    { upTo = 0n, signal }: { readonly upTo?: bigint; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<RecordedEvent[]> {
    const request = { partition, afterPosition: after, upToPosition: upTo };
    const answers = this.#client.serverStream('readPartition', request, callOf(signal));
    for await (const { events } of answers) yield events.map(fromProtoRecordedEvent);
  }

  async readTasks(
    taskIds: readonly TaskId[],
    options?: CallOptions,
  ): Promise<ReadonlyMap<TaskId, RecordedEvent[]>> {
    const answers = await inPieces(taskIds, maxTaskIds, async (piece) => {
      const { streams } = await this.#client.unary('readTasks', { taskIds: [...piece] }, options);
      return streams;
    });
    const found = answers.filter(({ events }) => events.length > 0);
    return new Map(found.map((stream) => [parseTaskId(stream.taskId), eventsOf(stream)]));
  }

  async *listOpenTasks(partition: number, signal?: AbortSignal): AsyncGenerator<OpenTasks> {
    const answers = this.#client.serverStream('listOpenTasks', { partition }, callOf(signal));
    for await (const { asOfPosition, streams } of answers) {
      yield { asOf: asOfPosition, streams: streams.map(eventsOf) };
    }
  }

  async getResults(
    keys: readonly TaskKey[],
    options?: CallOptions,
  ): Promise<readonly (LogContent | undefined)[]> {
    return await inPieces(keys, maxResultKeys, async (piece) => {
      const request = { keys: piece.map(({ tenantId, taskId }) => ({ tenantId, taskId })) };
      const { results } = await this.#client.unary('batchGetResults', request, options);
      return results.map(({ content }) => contentOf(content));
    });
  }

  async getPayload(taskId: TaskId, options?: CallOptions): Promise<LogContent | undefined> {
    const { payload } = await this.#client.unary('getPayload', { taskId }, options);
    return contentOf(payload);
  }

  close(): void {
    this.#client.close();
  }
}

function callOf(signal: AbortSignal | undefined): CallOptions {
  return signal === undefined ? {} : { signal };
}

function eventsOf(stream: TaskStream): RecordedEvent[] {
  return stream.events.map(fromProtoRecordedEvent);
}

function contentOf(content: Content | undefined): LogContent | undefined {
  return content === undefined
    ? undefined
    : { contentType: content.contentType, body: content.body };
}
