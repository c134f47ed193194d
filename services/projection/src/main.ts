import process from 'node:process';
import { connectBus } from '@greencloud/bus';
import { createLogReader } from '@greencloud/event-log';
import { startGrpcServer } from '@greencloud/grpc';
import {
  createHealth,
  createLogger,
  createMetrics,
  type Lifecycle,
  type Logger,
  runService,
  startAdminServer,
} from '@greencloud/runtime';
import { type Config, readConfig } from './config.ts';
import { createProjectionMetrics } from './follow/projection-metrics.ts';
import { startProjection } from './follow/run-projection.ts';
import { taskQueryService } from './grpc/task-query-service.ts';
import { createWatchLimit } from './grpc/watch-limit.ts';
import { openDatabase } from './postgres/open-database.ts';
import { createPartitionCount } from './query/partition-count.ts';

const name = 'projection';
const config = readConfig(process.env);
const logger = createLogger({
  service: name,
  replica: config.GC_REPLICA,
  level: config.GC_LOG_LEVEL,
});

runService({ name, logger, start: (lifecycle) => start(config, logger, lifecycle) });

async function start(config: Config, logger: Logger, lifecycle: Lifecycle): Promise<void> {
  const health = createHealth();
  const metrics = createMetrics(name);
  const url = config.GC_DATABASE_URL;
  const admin = await startAdminServer({
    address: config.GC_ADMIN_ADDRESS,
    health,
    metrics,
    logger,
  });
  lifecycle.onStop('admin', () => admin.close());

  const db = openDatabase({
    url,
    name,
    logger,
    connections: config.GC_DATABASE_CONNECTIONS,
    durability: 'views',
  });
  lifecycle.onStop('database', () => db.destroy());
  const leases = openDatabase({ url, name, logger, connections: 1, durability: 'truth' });
  lifecycle.onStop('leases', () => leases.destroy());
  const reader = createLogReader(config.GC_TASK_COMMAND_ADDRESS);
  lifecycle.onStop('log', () => reader.close());
  const bus = await connectBus({
    servers: config.GC_NATS_URL,
    name,
    user: config.GC_NATS_USER,
    pass: config.GC_NATS_PASSWORD,
    logger,
    signal: lifecycle.signal,
  });
  lifecycle.onStop('bus', () => bus.close());

  const projectionMetrics = createProjectionMetrics(metrics);
  const replica = config.GC_REPLICA;
  const ports = { db, leases, reader, bus, metrics: projectionMetrics, logger, replica };
  const projection = startProjection(ports);
  lifecycle.onStop('projection', () => projection.stop());
  health.addCheck('views', () => projection.problem());

  const watches = createWatchLimit(config.GC_MAX_WATCHES);
  metrics.gauge('projection_watches', 'Tasks that are watched now.', () => watches.open);
  const queries = { ...ports, partitionCount: createPartitionCount(reader), watches };
  const server = await startGrpcServer({
    address: config.GC_GRPC_ADDRESS,
    services: [taskQueryService(queries)],
    logger,
    health,
    metrics,
    maxMessageBytes: 16 * 1024 * 1024,
  });
  lifecycle.onStop('grpc', () => server.drain());
  health.set('ready');
  lifecycle.ready({ grpc: server.address, admin: admin.url });
}
