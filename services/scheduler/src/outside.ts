import { connectBus, type LiveEvents, lateLiveEvents } from '@greencloud/bus';
import type { CodeVersion } from '@greencloud/domain';
import { createLogReader, type LogReader } from '@greencloud/event-log';
import type { Tls } from '@greencloud/grpc';
import { openDatabase } from '@greencloud/postgres';
import type { Lifecycle, Logger } from '@greencloud/runtime';
import type { Config } from './config.ts';
import { connectCatalog } from './grpc/catalog-client.ts';
import { connectTaskCommand } from './grpc/task-commands-client.ts';
import type { TaskCommands } from './record/task-commands.ts';
import type { Database, Db } from './store/database.ts';

/** Everything that the scheduler talks to. */
export interface Outside {
  readonly db: Db;
  readonly reader: LogReader;
  readonly bus: LiveEvents;
  readonly commands: TaskCommands;
  readonly fetchCode: (version: CodeVersion) => Promise<Uint8Array>;
}

/** Waits for none of it: each may come late and go. */
export function reachOutside(
  config: Config,
  tls: Tls | undefined,
  name: string,
  logger: Logger,
  lifecycle: Lifecycle,
): Outside {
  const db = openDatabase<Database>({
    url: config.GC_DATABASE_URL,
    connections: config.GC_DATABASE_CONNECTIONS,
    name,
    logger,
    statementTimeoutMs: 5_000,
  });
  lifecycle.onStop('database', () => db.destroy());
  const toLog = tls?.to('task-command');
  const reader = createLogReader(config.GC_TASK_COMMAND_ADDRESS, { tls: toLog });
  lifecycle.onStop('log', () => reader.close());
  const { commands, close } = connectTaskCommand(config.GC_TASK_COMMAND_ADDRESS, toLog);
  lifecycle.onStop('task-command', close);
  const toCatalog = tls?.to('lambda-catalog');
  const catalog = connectCatalog(config.GC_LAMBDA_CATALOG_ADDRESS, toCatalog);
  lifecycle.onStop('lambda-catalog', catalog.close);
  const connecting = connectBus({
    servers: config.GC_NATS_URL,
    user: config.GC_NATS_USER,
    pass: config.GC_NATS_PASSWORD,
    name,
    logger,
    signal: lifecycle.signal,
  });
  const bus = lateLiveEvents(connecting);
  lifecycle.onStop('bus', () => bus.close());
  return { db, reader, bus, commands, fetchCode: catalog.fetchCode };
}
