import type { Logger } from '@greencloud/runtime';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';
import { kyselyPool } from './kysely-pool.ts';

export interface DatabaseOptions {
  readonly url: string;
  readonly connections: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly logger: Logger;
  /** Default 10,000. A migration may take longer. */
  readonly statementTimeoutMs?: number;
  /** Default 5,000: for one of the pool's connections, all of which may be in use, or for a new one. */
  readonly connectWithinMs?: number | undefined;
  /** Of each session, beside `synchronous_commit=on` and `timezone=UTC`. */
  readonly settings?: Readonly<Record<string, string>>;
}

// The server's own limits strike first, so that a query is refused with a reason; the client's are
// for a server that no longer answers at all.
const timeouts = {
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 15_000,
  idleTimeoutMillis: 60_000,
  maxLifetimeSeconds: 3_600,
};

// A commit that answers before its WAL is on disk is none, whatever the server's default says.
const durable = { synchronous_commit: 'on', timezone: 'UTC' };

/** `db.destroy()` ends its pool. `bigint` columns are bigints; every wait has its limit. */
export function openDatabase<Database>(options: DatabaseOptions): Kysely<Database> {
  const pool = kyselyPool(openPool(options));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

function openPool(options: DatabaseOptions): Pool {
  const { url, connections, name, logger } = options;
  const { statementTimeoutMs = 10_000, connectWithinMs = 5_000 } = options;
  const pool = new Pool({
    connectionString: url,
    application_name: name,
    max: connections,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: sessionOptions({ ...options.settings, ...durable }),
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 2_000,
    connectionTimeoutMillis: connectWithinMs,
    types: { getTypeParser },
    ...timeouts,
  });
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle Postgres connection broke'));
  // In use, the query rejects too; without a listener the event would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function sessionOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

const int8 = types.builtins.INT8;

/** `bigint` columns are positions and epochs: a JS number would lie past 2^53. */
const getTypeParser: typeof types.getTypeParser = (
  oid: Parameters<typeof types.getTypeParser>[0],
  format?: 'text' | 'binary',
) => (oid === int8 && format !== 'binary' ? BigInt : types.getTypeParser(oid, format));
