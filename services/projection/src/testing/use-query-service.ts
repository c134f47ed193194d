import { type Bus, connectBus } from '@greencloud/bus';
import type { TaskId, TenantId } from '@greencloud/domain';
import { createLogReader } from '@greencloud/event-log';
import { taskStory } from '@greencloud/event-log/testing';
import { createGrpcClient, type GrpcClient, startGrpcServer } from '@greencloud/grpc';
import {
  TaskQueryServiceClient,
  type TaskQueryServiceService,
} from '@greencloud/proto/task/v1/task_query';
import { createHealth } from '@greencloud/runtime';
import { eventually, type TestNats, withNats } from '@greencloud/testing';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { applyBatch } from '../apply/apply-batch.ts';
import { HeldRows } from '../follow/held-rows.ts';
import { taskQueryService } from '../grpc/task-query-service.ts';
import { createWatchLimit, type WatchLimit } from '../grpc/watch-limit.ts';
import { liveSchema } from '../postgres/database.ts';
import { createPartitionCount } from '../query/partition-count.ts';
import { mine } from './query-calls.ts';
import { type TestLog, withLog } from './test-log.ts';
import { silent, type TestViews, withViews } from './test-views.ts';

/** The service on a real gRPC server, what stands behind it, and a client. */
export interface TestQueryService {
  readonly client: GrpcClient<TaskQueryServiceService>;
  readonly views: TestViews;
  readonly held: HeldRows;
  readonly log: TestLog;
  readonly bus: Bus;
  /** Room for two. */
  readonly watches: WatchLimit;
  /** Why the views did not answer, and for how many keys. */
  readonly missed: readonly string[];
  /** A task's story into the log; the views learn of it by `applyAll`. */
  readonly append: (task: TaskId, choices: readonly number[], tenant?: TenantId) => void;
  readonly applyAll: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A service over views and a log that are new for each test; NATS is shared by all of a file. */
export function useQueryService(): () => TestQueryService {
  const bus = useBus();
  const watches = createWatchLimit(2);
  let service: TestQueryService | undefined;
  beforeEach(async () => {
    service = await startQueryService(bus(), watches);
  });
  afterEach(async () => {
    await service?.close();
    // However a watch ended, its place is free.
    await eventually(() => watches.open === 0);
  });
  return () => {
    if (service === undefined) throw new Error('the service is known within tests only');
    return service;
  };
}

function useBus(): () => Bus {
  let nats: TestNats;
  let bus: Bus;
  beforeAll(async () => {
    nats = await withNats();
    const stream = { maxBytes: 16 * 1024 * 1024 };
    bus = await connectBus({ servers: nats.url, name: 'test', logger: silent, stream });
  });
  afterAll(async () => {
    await bus.close();
    await nats.close();
  });
  return () => bus;
}

async function startQueryService(bus: Bus, watches: WatchLimit): Promise<TestQueryService> {
  const views = await withViews(2);
  const log = await withLog();
  const reader = createLogReader(log.address);
  const missed: string[] = [];
  const health = createHealth();
  const metrics = { missed: (why: string, keys: number) => void missed.push(`${why} ${keys}`) };
  const partitionCount = createPartitionCount(reader);
  const dbs = { db: views.db, byId: views.db };
  const held = new HeldRows();
  const ports = { ...dbs, held, reader, bus, metrics, logger: silent, partitionCount, watches };
  const server = await startGrpcServer({
    address: '127.0.0.1:0',
    services: [taskQueryService(ports)],
    logger: silent,
    health,
  });
  const client = createGrpcClient(TaskQueryServiceClient, server.address);
  return {
    client,
    views,
    held,
    log,
    bus,
    watches,
    missed,
    append: (task, choices, tenant = mine) =>
      void log.log.append(task, ...taskStory(choices, tenant)),
    applyAll: () => applyAll(views, log),
    close: async () => {
      client.close();
      await server.close();
      reader.close();
      await log.close();
      await views.close();
    },
  };
}

async function applyAll({ db }: TestViews, { log }: TestLog): Promise<void> {
  for (const partition of [0, 1]) {
    const events = log.events(partition);
    if (events.length === 0) continue;
    await applyBatch({ db, schema: liveSchema, writer: { kind: 'rebuild' } }, events);
  }
}
