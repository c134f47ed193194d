import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { type Bus, connectBus } from '@greencloud/bus';
import { openTls, startGrpcServer } from '@greencloud/grpc';
import { waitForSchema, watchDatabase } from '@greencloud/postgres';
import {
  createHealth,
  createLogger,
  createMetrics,
  type Lifecycle,
  runService,
  startAdminServer,
  tlsFilesOf,
} from '@greencloud/runtime';
import { createAppender } from './append/appender.ts';
import { createRecentContent } from './append/recent-content.ts';
import { createTaskCache } from './append/task-cache.ts';
import { readConfig } from './config.ts';
import { eventLogService } from './grpc/event-log-service.ts';
import { taskCommandService } from './grpc/task-command-service.ts';
import { sweepKeys } from './keys/sweep-keys.ts';
import { waitForLog } from './log/read-log.ts';
import { plan } from './migrations/index.ts';
import { unavailableWhenLogIsAway } from './postgres/outage.ts';
import { askPostgres, openPools } from './postgres/pools.ts';
import { relayWhenConnected } from './relay/relay-when-connected.ts';

// Callers give up after 10 s: a batch that could not be sent by then has nobody who waits for it.
const appendRetryMs = 8_000;
// For each of payloads and results: some seconds of them, at the 250 bytes of an entry and more.
const recentBytes = 8 * 1024 * 1024;
// 240 assignments with a payload of 256 KiB each.
const maxMessageBytes = 64 * 1024 * 1024;

const name = 'task-command';
const config = readConfig(process.env);
const { GC_REPLICA: replica, GC_LOG_LEVEL: level } = config;
const logger = createLogger({ service: name, replica, level });

runService({ name, logger, start });

async function start(lifecycle: Lifecycle): Promise<void> {
  const { signal } = lifecycle;
  const health = createHealth();
  const metrics = createMetrics(name);
  const address = config.GC_ADMIN_ADDRESS;
  const admin = await startAdminServer({ address, health, metrics, logger });
  lifecycle.onStop('admin', () => admin.close());

  const tls = openTls(tlsFilesOf(config), { logger });
  const pools = openPools(config.GC_DATABASE_URL, config.GC_DATABASE_CONNECTIONS, logger);
  lifecycle.onStop('postgres', () => pools.close());
  const { writers, readers, snapshots } = pools;
  void watchDatabase({ probe: () => askPostgres(readers), health, logger, signal });
  await waitForSchema(readers, plan, { health, logger, signal });
  const { partitions } = await waitForLog(readers, logger, signal);
  void sweepKeys(writers, logger, signal);

  const self = { id: randomUUID(), name: replica };
  const ports = { db: writers, logger, metrics, connect };
  const relay = relayWhenConnected({ ...ports, self, partitions });
  lifecycle.onStop('relay', () => relay.stop());

  const recent = createRecentContent(recentBytes);
  const appender = createAppender({
    partitions,
    lanes: config.GC_APPEND_LANES,
    db: writers,
    cache: createTaskCache(config.GC_CACHED_TASKS),
    recent,
    logger,
    metrics,
    retryMs: appendRetryMs,
    maxWaiting: config.GC_MAX_WAITING,
    maxBytes: config.GC_MAX_WAITING_BYTES,
    onCommitted: (partition, events) => relay.committed(partition, events),
  });
  lifecycle.onStop('appender', () => appender.drain());

  const server = await startGrpcServer({
    address: config.GC_GRPC_ADDRESS,
    services: [
      taskCommandService({ appender, recent, readers, partitions, logger }),
      eventLogService({ recent, readers, snapshots, partitions }),
    ],
    logger,
    health,
    metrics,
    maxMessageBytes,
    tls,
    mapError: unavailableWhenLogIsAway,
  });
  lifecycle.onStop('grpc', () => server.drain());
  health.set('ready');
  lifecycle.ready({ grpc: server.address, admin: admin.url });
}

function connect(signal: AbortSignal): Promise<Bus> {
  return connectBus({
    servers: config.GC_NATS_URL,
    name: `${name} ${replica}`,
    user: config.GC_NATS_USER,
    pass: config.GC_NATS_PASSWORD,
    stream: { replicas: config.GC_STREAM_REPLICAS, maxBytes: config.GC_STREAM_MAX_BYTES },
    logger,
    signal,
  });
}
