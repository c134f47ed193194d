import { DomainError, parseTaskId, parseTenantId, partitionOf } from '@greencloud/domain';
import { type GrpcService, type ImplementationOf, service } from '@greencloud/grpc';
import {
  EventLogServiceService,
  type ReadPartitionRequest,
} from '@greencloud/proto/eventlog/v1/event_log';
import type { RecentContent } from '../append/recent-content.ts';
import { readHead } from '../log/read-head.ts';
import { readHeads } from '../log/read-heads.ts';
import { readOpenTasks } from '../log/read-open-tasks.ts';
import { readPartition } from '../log/read-partition.ts';
import { readPayloads, type StoredContent } from '../log/read-payloads.ts';
import { readResults, type ResultKey } from '../log/read-results.ts';
import { readStreams } from '../log/read-streams.ts';
import type { Db } from '../postgres/database.ts';
import { logCallers } from './callers.ts';
import { encodeOpenTasks, encodePartition, encodeTasks } from './encoded-answers.ts';
import { atMost } from './item-answer.ts';

export interface EventLogOptions {
  readonly readers: Db;
  readonly recent: RecentContent;
  /** A pool of its own: each snapshot holds its connection while its reader takes its time. */
  readonly snapshots: Db;
  readonly partitions: number;
}

const maxTasks = 1_000;
const maxResults = 100;
// The driver holds a body as hexadecimal text while it reads it: three times this at worst.
const maxResultBytes = 32 * 1024 * 1024;
// At most 2 MiB: events are under 4 KiB, and usually 60 KiB.
const eventsInMessage = 500;
const tasksInMessage = 250;

const asItIs = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The contract, with answers that come encoded where they hold events. */
const definition = {
  ...EventLogServiceService,
  readPartition: { ...EventLogServiceService.readPartition, responseSerialize: asItIs },
  readTasks: { ...EventLogServiceService.readTasks, responseSerialize: asItIs },
  listOpenTasks: { ...EventLogServiceService.listOpenTasks, responseSerialize: asItIs },
};

export function eventLogService(options: EventLogOptions): GrpcService {
  const { readers, snapshots, partitions } = options;
  const keyOf = (text: string) => {
    const taskId = parseTaskId(text);
    return { taskId, partition: partitionOf(taskId, partitions) };
  };
  const handlers: ImplementationOf<typeof definition> = {
    getLog: async () => ({ partitions, heads: await readHeads(readers) }),
    readPartition: (request) => {
      assertPartition(request.partition, partitions);
      return readInBatches(readers, request);
    },
    async readTasks({ taskIds }) {
      const keys = new Map(atMost(taskIds, maxTasks).map((id) => [parseTaskId(id), keyOf(id)]));
      const found = await readStreams(readers, [...keys.values()]);
      return encodeTasks([...keys.keys()].map((id) => [id, found.get(id) ?? []]));
    },
    listOpenTasks: ({ partition }) => {
      assertPartition(partition, partitions);
      return openTasksInBatches(snapshots, partition);
    },
    async batchGetResults({ keys }) {
      const wanted = atMost(keys, maxResults).map((key) => ({
        ...keyOf(key.taskId),
        tenantId: parseTenantId(key.tenantId),
      }));
      const contents = await resultsOf(wanted, options);
      return { results: contents.map((content) => (content === undefined ? {} : { content })) };
    },
    async getPayload({ taskId }) {
      const key = keyOf(taskId);
      const payload = (await readPayloads(readers, [key])).get(key.taskId);
      return payload === undefined ? {} : { payload };
    },
  };
  return service(definition, handlers, logCallers);
}

/** Those of this replica's memory are 64 KiB each at most, so they hardly count for the limit. */
async function resultsOf(
  keys: readonly ResultKey[],
  { readers, recent }: EventLogOptions,
): Promise<(StoredContent | undefined)[]> {
  const found = new Map<ResultKey, StoredContent | undefined>();
  for (const key of keys) {
    const content = recent.result(key.taskId, key.tenantId);
    if (content !== undefined) found.set(key, content);
  }
  const missing = keys.filter((key) => !found.has(key));
  const read = await readResults(readers, missing, maxResultBytes);
  for (const [index, key] of missing.entries()) found.set(key, read[index]);
  return keys.map((key) => found.get(key));
}

function assertPartition(partition: number, partitions: number): void {
  if (partition < partitions) return;
  throw new DomainError('INVALID_PARAMETER', `The log has no partition ${partition}`);
}

/** Ends at the head as it was at the call. Each batch is a query of its own: nothing is held between. */
async function* readInBatches(
  db: Db,
  { partition, afterPosition, upToPosition }: ReadPartitionRequest,
): AsyncGenerator<Uint8Array> {
  const head = await readHead(db, partition);
  const upTo = upToPosition === 0n || upToPosition > head ? head : upToPosition;
  let after = afterPosition;
  while (after < upTo) {
    const events = await readPartition(db, { partition, after, upTo, limit: eventsInMessage });
    const last = events.at(-1);
    if (last === undefined) throw new DomainError('INTERNAL', 'The log has a hole');
    yield encodePartition(events);
    after = last.position;
  }
}

async function* openTasksInBatches(db: Db, partition: number): AsyncGenerator<Uint8Array> {
  for await (const { asOf, streams } of readOpenTasks(db, partition, tasksInMessage)) {
    yield encodeOpenTasks(
      asOf,
      streams.map((events) => [events[0]?.taskId ?? '', events]),
    );
  }
}
