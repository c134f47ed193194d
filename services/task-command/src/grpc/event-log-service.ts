import { DomainError, parseTaskId, parseTenantId, partitionOf } from '@greencloud/domain';
import { type GrpcService, service } from '@greencloud/grpc';
import {
  EventLogServiceService,
  type ListOpenTasksResponse,
  type ReadPartitionRequest,
  type ReadPartitionResponse,
} from '@greencloud/proto/eventlog/v1/event_log';
import { readHead } from '../log/read-head.ts';
import { readHeads } from '../log/read-heads.ts';
import { readOpenTasks } from '../log/read-open-tasks.ts';
import { readPartition } from '../log/read-partition.ts';
import { readPayloads } from '../log/read-payloads.ts';
import { readResults } from '../log/read-results.ts';
import { readStreams } from '../log/read-streams.ts';
import type { StoredEvent } from '../log/stored-event.ts';
import type { Db } from '../postgres/database.ts';
import { atMost } from './item-answer.ts';
import { recordedEvent } from './recorded-event.ts';

export interface EventLogOptions {
  readonly readers: Db;
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

export function eventLogService(options: EventLogOptions): GrpcService {
  const { readers, snapshots, partitions } = options;
  const keyOf = (text: string) => {
    const taskId = parseTaskId(text);
    return { taskId, partition: partitionOf(taskId, partitions) };
  };
  return service(EventLogServiceService, {
    getLog: async () => ({ partitions, heads: await readHeads(readers) }),
    readPartition: (request) => {
      assertPartition(request.partition, partitions);
      return readInBatches(readers, request);
    },
    async readTasks({ taskIds }) {
      const wanted = new Map(
        atMost(taskIds, maxTasks).map((text) => [parseTaskId(text), keyOf(text)]),
      );
      const found = await readStreams(readers, [...wanted.values()]);
      return { streams: [...wanted.keys()].map((id) => taskStream(id, found.get(id) ?? [])) };
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
      const contents = await readResults(readers, wanted, maxResultBytes);
      return { results: contents.map((content) => (content === undefined ? {} : { content })) };
    },
    async getPayload({ taskId }) {
      const key = keyOf(taskId);
      const payload = (await readPayloads(readers, [key])).get(key.taskId);
      return payload === undefined ? {} : { payload };
    },
  });
}

function assertPartition(partition: number, partitions: number): void {
  if (partition < partitions) return;
  throw new DomainError('INVALID_PARAMETER', `The log has no partition ${partition}`);
}

async function* openTasksInBatches(
  db: Db,
  partition: number,
): AsyncGenerator<ListOpenTasksResponse> {
  for await (const page of readOpenTasks(db, partition, tasksInMessage)) {
    const streams = page.streams.map((events) => taskStream(events[0]?.taskId ?? '', events));
    yield { asOfPosition: page.asOf, streams };
  }
}

/** Ends at the head as it was at the call. Each batch is a query of its own: nothing is held between. */
async function* readInBatches(
  db: Db,
  { partition, afterPosition, upToPosition }: ReadPartitionRequest,
): AsyncGenerator<ReadPartitionResponse> {
  const head = await readHead(db, partition);
  const upTo = upToPosition === 0n || upToPosition > head ? head : upToPosition;
  let after = afterPosition;
  while (after < upTo) {
    const events = await readPartition(db, { partition, after, upTo, limit: eventsInMessage });
    const last = events.at(-1);
    if (last === undefined) throw new DomainError('INTERNAL', 'The log has a hole');
    yield { events: events.map(recordedEvent) };
    after = last.position;
  }
}

function taskStream(taskId: string, events: readonly StoredEvent[]) {
  return { taskId, events: events.map(recordedEvent) };
}
