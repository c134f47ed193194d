import { connectBus, type LiveEvents, lateLiveEvents } from '@greencloud/bus';
import { createLogReader, type LogReader } from '@greencloud/event-log';
import type { Tls } from '@greencloud/grpc';
import type { Lifecycle, Logger } from '@greencloud/runtime';
import type { Config } from './config.ts';
import type { Db } from './postgres/database.ts';
import { openDatabase, type Plans } from './postgres/open-database.ts';

export interface Connections {
  /** For lists and counts. */
  readonly db: Db;
  /** For rows by their ids: the writer of the views, and the reads of known tasks. */
  readonly byId: Db;
  /** One connection of its own, so that a busy view never holds up a renewal. */
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
  const open = (use: string, connections: number, plans: Plans = 'by size'): Db => {
    const url = config.GC_DATABASE_URL;
    const db = openDatabase({ url, name: 'projection', logger, connections, plans });
    lifecycle.onStop(`database of ${use}`, () => db.destroy());
    return db;
  };
  const half = Math.ceil(config.GC_DATABASE_CONNECTIONS / 2);
  const db = open('lists', Math.max(1, config.GC_DATABASE_CONNECTIONS - half));
  const byId = open('views', half, 'by index');
  const leases = open('leases', 1);
  const reader = createLogReader(config.GC_TASK_COMMAND_ADDRESS, { tls: tls?.to('task-command') });
  lifecycle.onStop('log', () => reader.close());
  const connecting = connectBus({
    servers: config.GC_NATS_URL,
    name: 'projection',
    user: config.GC_NATS_USER,
    pass: config.GC_NATS_PASSWORD,
    logger,
    signal: lifecycle.signal,
  });
  const bus = lateLiveEvents(connecting);
  lifecycle.onStop('bus', () => bus.close());
  return { db, byId, leases, reader, bus };
}
