import process from 'node:process';
import {
  createHealth,
  createLogger,
  createMetrics,
  type Lifecycle,
  runService,
  startAdminServer,
} from '@greencloud/runtime';
import { readConfig } from './config.ts';
import { startEdge } from './start-edge.ts';

// A stack that starts all at once is ready when everybody is; one that is half down still serves.
const backendsWaitMs = 15_000;

const config = readConfig(process.env);
const { GC_REPLICA: replica, GC_LOG_LEVEL: level, GC_ADMIN_ADDRESS: address } = config;
const logger = createLogger({ service: 'edge', replica, level });

runService({ name: 'edge', logger, start });

async function start(lifecycle: Lifecycle): Promise<void> {
  const metrics = createMetrics('edge');
  const health = createHealth();

  const admin = await startAdminServer({ address, health, metrics, logger });
  lifecycle.onStop('admin server', () => admin.close());

  const edge = await startEdge(config, { logger, metrics, health });
  lifecycle.onStop('http server', () => edge.close());
  lifecycle.onStop('readiness', () => health.set('draining'));

  const missing = await edge.backends.connected(backendsWaitMs, lifecycle.signal);
  if (missing.length > 0) logger.warn({ missing }, 'not connected yet, going on without');
  if (lifecycle.signal.aborted) return;
  health.set('ready');
  lifecycle.ready({ http: edge.url, admin: admin.url });
}
