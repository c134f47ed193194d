import process from 'node:process';
import { openTls, startGrpcServer } from '@greencloud/grpc';
import { unavailableWhenAway, waitForSchema } from '@greencloud/postgres';
import {
  createHealth,
  createLogger,
  createMetrics,
  type Lifecycle,
  runService,
  startAdminServer,
  tlsFilesOf,
} from '@greencloud/runtime';
import { readConfig } from './config.ts';
import { connect } from './connect.ts';
import { HeldRows } from './follow/held-rows.ts';
import { createProjectionMetrics } from './follow/projection-metrics.ts';
import { startProjection } from './follow/run-projection.ts';
import { taskQueryService } from './grpc/task-query-service.ts';
import { createWatchLimit } from './grpc/watch-limit.ts';
import { plan } from './migrations/index.ts';
import { createPartitionCount } from './query/partition-count.ts';

const name = 'projection';
const config = readConfig(process.env);
const { GC_REPLICA: replica, GC_LOG_LEVEL: level } = config;
const logger = createLogger({ service: name, replica, level });

runService({ name, logger, start });

async function start(lifecycle: Lifecycle): Promise<void> {
  const health = createHealth();
  const meters = createMetrics(name);
  const adminAddress = config.GC_ADMIN_ADDRESS;
  const admin = await startAdminServer({ address: adminAddress, health, metrics: meters, logger });
  lifecycle.onStop('admin', () => admin.close());

  const tls = openTls(tlsFilesOf(config), { logger });
  const connections = connect(config, tls, logger, lifecycle);
  await waitForSchema(connections.leases, plan, { health, logger, signal: lifecycle.signal });
  const metrics = createProjectionMetrics(meters);
  const ports = { ...connections, held: new HeldRows(), metrics, logger, replica };
  const projection = startProjection(ports);
  lifecycle.onStop('projection', () => projection.stop());
  health.addCheck('views', () => projection.problem());

  const watches = createWatchLimit(config.GC_MAX_WATCHES);
  meters.gauge('projection_watches', 'Tasks that are watched now.', () => watches.open);
  const partitionCount = createPartitionCount(connections.reader);
  const server = await startGrpcServer({
    address: config.GC_GRPC_ADDRESS,
    services: [taskQueryService({ ...ports, partitionCount, watches })],
    logger,
    health,
    metrics: meters,
    tls,
    mapError: unavailableWhenAway('The task views do not answer'),
    // A thousand tasks in one answer.
    maxMessageBytes: 16 * 1024 * 1024,
  });
  lifecycle.onStop('grpc', () => server.drain());
  health.set('ready');
  lifecycle.ready({ grpc: server.address, admin: admin.url });
}
