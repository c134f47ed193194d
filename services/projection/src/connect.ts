import { connectBus, type LiveEvents, lateLiveEvents } from '@greencloud/bus';
import { createLogReader, type LogReader } from '@greencloud/event-log';
import type { Tls } from '@greencloud/grpc';
import type { Lifecycle, Logger } from '@greencloud/runtime';
import type { Config } from './config.ts';
import type { Db } from './postgres/database.ts';
import { type Durability, openDatabase } from './postgres/open-database.ts';

export interface Connections {
  readonly db: Db;
  /** Its commits are durable; one connection, so that a busy view never holds up a renewal. */
  readonly leases: Db;
  readonly reader: LogReader;
  readonly bus: LiveEvents;
}

/** Everything this service talks to. Waits for none of it: each may come late and go. */
export function connect(
  config: Config,
  tls: Tls | undefined,
  logger: Logger,
  lifecycle: Lifecycle,
): Connections {
  const open = (connections: number, durability: Durability): Db => {
    const url = config.GC_DATABASE_URL;
    const db = openDatabase({ url, name: 'projection', logger, connections, durability });
    lifecycle.onStop(`database of ${durability}`, () => db.destroy());
    return db;
  };
  const db = open(config.GC_DATABASE_CONNECTIONS, 'views');
  const leases = open(1, 'truth');
  const reader = createLogReader(config.GC_TASK_COMMAND_ADDRESS, { tls: tls?.to('task-command') });
  lifecycle.onStop('log', () => reader.close());
  const connecting = connectBus({
    servers: config.GC_NATS_URL,
    name: 'projection',
    user: config.GC_NATS_USER,
    pass: config.GC_NATS_PASSWORD,
    caFile: config.GC_TLS_CA_FILE,
    logger,
    signal: lifecycle.signal,
  });
  const bus = lateLiveEvents(connecting);
  lifecycle.onStop('bus', () => bus.close());
  return { db, leases, reader, bus };
}
