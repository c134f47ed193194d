import { Pool, types } from 'pg';
import type { Logger } from '@greencloud/runtime';

export interface PoolOptions {
  readonly url: string;
  readonly connections: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly logger: Logger;
}

// In the order in which they should strike: the server's own limits first, so that a query is
// refused with a reason, and the client's last, for a server that no longer answers at all.
const timeouts = {
  lock_timeout: 5_000,
  statement_timeout: 10_000,
  query_timeout: 12_000,
  idle_in_transaction_session_timeout: 15_000,
  connectionTimeoutMillis: 5_000,
  idleTimeoutMillis: 60_000,
  maxLifetimeSeconds: 3_600,
};

/** A commit that answers before its WAL is on disk is none, whatever the server's default says. */
const options = '-c synchronous_commit=on -c timezone=UTC';

export function openPool({ url, connections, name, logger }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: name,
    max: connections,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options,
    types: { getTypeParser },
    ...timeouts,
  });
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle Postgres connection broke'));
  // In use, the query rejects too; without a listener the event would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

const int8 = types.builtins.INT8;

/** `bigint` columns are positions and epochs: a JS number would lie past 2^53. */
const getTypeParser: typeof types.getTypeParser = (
  oid: Parameters<typeof types.getTypeParser>[0],
  format?: 'text' | 'binary',
) => (oid === int8 && format !== 'binary' ? BigInt : types.getTypeParser(oid, format));
