import type { Logger } from '@greencloud/runtime';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';
import type { Database, Db } from './database.ts';

export interface DatabaseOptions {
  readonly url: string;
  readonly connections: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly logger: Logger;
}

// The server's own limits strike first, so that a query is refused with a reason; the client's is
// for a server that answers no more.
const timeouts = {
  lock_timeout: 3_000,
  statement_timeout: 5_000,
  query_timeout: 7_000,
  idle_in_transaction_session_timeout: 10_000,
  connectionTimeoutMillis: 5_000,
  idleTimeoutMillis: 60_000,
};

/** `db.destroy()` ends its pool. */
export function openDatabase({ url, connections, name, logger }: DatabaseOptions): Db {
  const pool = new Pool({
    connectionString: url,
    application_name: name,
    max: connections,
    keepAlive: true,
    options: '-c timezone=UTC',
    types: { getTypeParser },
    ...timeouts,
  });
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle Postgres connection broke'));
  // In use, the query rejects too; without a listener the event would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

const int8 = types.builtins.INT8;

/** Epochs and counts are `bigint`. */
const getTypeParser: typeof types.getTypeParser = (
  oid: Parameters<typeof types.getTypeParser>[0],
  format?: 'text' | 'binary',
) => (oid === int8 && format !== 'binary' ? BigInt : types.getTypeParser(oid, format));
