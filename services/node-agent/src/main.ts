import { openTls } from '@greencloud/grpc';
import {
  createHealth,
  createLogger,
  createMetrics,
  runService,
  sleep,
  startAdminServer,
} from '@greencloud/runtime';
import { Agent } from './agent/agent.ts';
import { createExecution } from './agent/create-execution.ts';
import { offerOf } from './agent/offer.ts';
import { warnOfIsolation } from './agent/warn-of-isolation.ts';
import { readConfig } from './config.ts';
import { createSchedulerClient } from './grpc/scheduler-client.ts';
import { findBwrap } from './sandbox/find-bwrap.ts';
import { preparePlace } from './sandbox/prepare-place.ts';
import { readNodeToken } from './session/node-token.ts';

const FIRST_WELCOME_LIMIT_MS = 10_000;
const STOP_MARGIN_MS = 6_000;

const name = 'node-agent';
const config = readConfig(process.env);
const logger = createLogger({
  service: name,
  replica: config.GC_REPLICA,
  level: config.GC_LOG_LEVEL,
});

runService({
  name,
  logger,
  stopLimitMs: config.GC_DRAIN_MS + STOP_MARGIN_MS,
  start: async (lifecycle) => {
    const health = createHealth();
    const metrics = createMetrics(name);
    const address = config.GC_ADMIN_ADDRESS;
    const admin = await startAdminServer({ address, health, metrics, logger });
    lifecycle.onStop('admin', () => admin.close());

    const prepared = await preparePlace(findBwrap(config.GC_BWRAP, config.PATH));
    warnOfIsolation(prepared, config, logger);
    const offer = offerOf(config, prepared.place.isolation.kind);
    const token = await readNodeToken(config);
    const { GC_CA_FILE: caFile, GC_SCHEDULER_ADDRESS: schedulers } = config;
    const tls = openTls(caFile === undefined ? undefined : { caFile }, { logger });
    const scheduler = createSchedulerClient(schedulers, token, tls);
    const execution = createExecution(config, prepared.place, scheduler);
    const nodeId = config.GC_NODE_ID;
    const agent = new Agent({ nodeId, offer, scheduler, execution, health, metrics, logger });

    lifecycle.onStop('agent', () => agent.drain(config.GC_DRAIN_MS));
    lifecycle.onStop('readiness', () => health.set('draining'));
    agent.start();
    await Promise.race([agent.welcomed, sleep(FIRST_WELCOME_LIMIT_MS, lifecycle.signal)]);
    health.set('ready');
    lifecycle.ready({ admin: admin.url });
  },
});
