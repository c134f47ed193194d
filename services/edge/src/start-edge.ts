import { openTls } from '@greencloud/grpc';
import { type Health, type Logger, type Metrics, tlsFilesOf } from '@greencloud/runtime';
import { openKeySet } from './auth/key-set.ts';
import { keySourceOf } from './auth/key-source.ts';
import { createTokenVerifier } from './auth/token-verifier.ts';
import type { Config } from './config.ts';
import { type Backends, connectBackends } from './grpc/backends.ts';
import { servicesOver } from './grpc/services.ts';
import { createApp } from './http/app.ts';
import { type BodyMemory, createBodyMemory } from './http/body/body-memory.ts';
import { startHttpServer } from './http/server/start-http-server.ts';
import { createRequestRate } from './http/limits/request-rate.ts';
import { createOpenStreams, type OpenStreams } from './http/streams/open-streams.ts';
import { startOfDay } from './tasks/start-of-day.ts';
import type { TaskQueries } from './tasks/task-services.ts';
import { createWaitingTasks, type WaitingTasks } from './tasks/waiting-tasks.ts';

export interface EdgeParts {
  logger: Logger;
  metrics: Metrics;
  health: Health;
}

export interface Edge {
  readonly url: string;
  readonly backends: Pick<Backends, 'connected'>;
  /** Ends waits and watches, lets requests in flight finish, then lets go of everything. */
  close(): Promise<void>;
}

/** Listens at once; what a route needs and is not there answers UNAVAILABLE on that route. */
export async function startEdge(config: Config, parts: EdgeParts): Promise<Edge> {
  const { logger, metrics, health } = parts;
  const keys = openKeySet({ source: keySourceOf(config.GC_JWKS), logger });
  health.addCheck('token keys', () => keys.problem());
  const tls = openTls(tlsFilesOf(config), { logger });
  health.addCheck('certificate', () => tls?.problem());
  const addresses = {
    taskCommand: config.GC_TASK_COMMAND_ADDRESS,
    projection: config.GC_PROJECTION_ADDRESS,
    scheduler: config.GC_SCHEDULER_ADDRESS,
    lambdaCatalog: config.GC_LAMBDA_CATALOG_ADDRESS,
  };
  const backends = connectBackends({ addresses, tls, logger });
  const streams = createOpenStreams({
    all: config.GC_MAX_STREAMS,
    perTenant: config.GC_MAX_TENANT_STREAMS,
  });
  const overGrpc = servicesOver(backends, metrics);
  const waitingTasks = waitingTasksOf(overGrpc.taskQueries, config.GC_MAX_WAITING_TASKS);
  const services = { ...overGrpc, streams, waitingTasks };
  const memory = createBodyMemory(config.GC_MAX_BODY_MEMORY);
  observe(metrics, streams, memory);
  const app = createApp({
    tokens: createTokenVerifier(keys, {
      issuer: config.GC_TOKEN_ISSUER,
      audience: config.GC_TOKEN_AUDIENCE,
      algorithms: config.GC_TOKEN_ALGORITHMS,
    }),
    rate: createRequestRate(config.GC_MAX_TENANT_RATE),
    services,
    memory,
    logger,
    metrics,
    corsOrigins: config.GC_CORS_ORIGINS,
  });
  const server = await startHttpServer({
    address: config.GC_HTTP_ADDRESS,
    handle: app.callback(),
    maxConnections: config.GC_MAX_CONNECTIONS,
    requestTimeoutMs: config.GC_REQUEST_TIMEOUT_MS,
    keepAliveMs: config.GC_KEEP_ALIVE_MS,
    drainLimitMs: config.GC_DRAIN_LIMIT_MS,
  });
  return {
    url: server.url,
    backends,
    async close() {
      streams.endAll();
      await server.close();
      backends.close();
      keys.close();
    },
  };
}

function waitingTasksOf(taskQueries: TaskQueries, max: number): WaitingTasks {
  return createWaitingTasks({
    max,
    async count(tenantId, signal) {
      return (await taskQueries.count(tenantId, startOfDay(Date.now()), signal)).pending;
    },
  });
}

function observe(metrics: Metrics, streams: OpenStreams, memory: BodyMemory): void {
  metrics.gauge('http_open_streams', 'Watches and waits that are open', () => streams.open);
  metrics.gauge('http_body_bytes', 'Bytes of request bodies held', () => memory.held);
}
