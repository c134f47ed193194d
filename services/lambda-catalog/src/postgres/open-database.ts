import type { Logger } from '@greencloud/runtime';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import type { Database, Db } from './database.ts';

export interface DatabaseOptions {
  readonly url: string;
  readonly connections: number;
  readonly logger: Logger;
}

// In the order in which they should strike: the server's own limits first, so that a query is
// refused with a reason, and the client's last, for a server that no longer answers at all.
const timeouts = {
  lock_timeout: 3_000,
  statement_timeout: 5_000,
  query_timeout: 7_000,
  idle_in_transaction_session_timeout: 10_000,
  connectionTimeoutMillis: 5_000,
  idleTimeoutMillis: 60_000,
  maxLifetimeSeconds: 3_600,
};

/** `db.destroy()` ends its pool. */
export function openDatabase({ url, connections, logger }: DatabaseOptions): Db {
  const pool = new Pool({
    connectionString: url,
    application_name: 'lambda-catalog',
    max: connections,
    keepAlive: true,
    ...timeouts,
  });
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle Postgres connection broke'));
  // In use, the query rejects too; without a listener the event would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}
