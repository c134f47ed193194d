import process from 'node:process';
import { openTls } from '@greencloud/grpc';
import { waitForSchema } from '@greencloud/postgres';
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
import { keepBoard } from './keep-board.ts';
import { limitsOf } from './limits.ts';
import { plan } from './migrations/index.ts';
import { reachOutside } from './outside.ts';
import { quantumsOf } from './queue/weights.ts';
import { createScheduler } from './scheduler.ts';
import { createSchedulerMetrics, observe } from './scheduler-metrics.ts';
import { serve } from './serve.ts';
import { createSessionStore } from './store/session-store.ts';
import { startLookingAfter } from './sweeps.ts';
import { realWorld } from './world.ts';

const name = 'scheduler';
const config = readConfig(process.env);
const replica = config.GC_REPLICA;
const logger = createLogger({ service: name, replica, level: config.GC_LOG_LEVEL });

runService({ name, logger, start });

async function start(lifecycle: Lifecycle): Promise<void> {
  const health = createHealth();
  const metrics = createMetrics(name);
  const address = config.GC_ADMIN_ADDRESS;
  const admin = await startAdminServer({ address, health, metrics, logger });
  lifecycle.onStop('admin', () => admin.close());

  const tls = openTls(tlsFilesOf(config), { logger });
  const outside = reachOutside(config, tls, name, logger, lifecycle);
  const { db, reader, bus, commands } = outside;
  await waitForSchema(db, plan, { health, logger, signal: lifecycle.signal });
  const scheduler = createScheduler({
    world: realWorld,
    log: reader,
    commands,
    store: createSessionStore(db, replica),
    metrics: createSchedulerMetrics(metrics),
    logger,
    limits: limitsOf(config),
    quantumOf: quantumsOf(config.GC_TENANT_WEIGHTS),
  });
  observe(metrics, scheduler);
  lifecycle.onStop('reports', () => scheduler.recorder.stop());
  lifecycle.onStop('bindings', () => scheduler.binder.stop());

  const { world, board } = scheduler;
  await keepBoard({ world, board, reader, bus, health, lifecycle, logger });
  startLookingAfter(scheduler, db, replica, lifecycle);
  const doors = await serve(scheduler, outside, { config, tls, health, metrics, logger });
  lifecycle.onStop('grpc', () => doors.drain());
  lifecycle.onStop('dispatcher', () => scheduler.dispatcher.stop());
  health.set('ready');
  lifecycle.ready({ grpc: doors.services, nodes: doors.nodes, admin: admin.url });
}
