import type { Logger } from '@greencloud/runtime';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';
import type { Db } from './database.ts';
import { preparingPool } from './prepared.ts';

/** `views`: a commit that a crash takes back is read from the log again. `truth`: leases. */
export type Durability = 'views' | 'truth';

/**
 * `by index`: a prepared plan lives as long as its connection, and one made for small tables would
 * read all of a large one for each batch. `by size`: the planner's own choice, for lists and counts.
 */
export type Plans = 'by size' | 'by index';

export interface DatabaseOptions {
  readonly url: string;
  readonly connections: number;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly logger: Logger;
  readonly durability: Durability;
  readonly plans?: Plans;
  /** Of one statement; default 10,000. */
  readonly statementTimeoutMs?: number;
}

// The server's own limits strike first, so that a query is refused with a reason; the client's
// last, for a server that no longer answers at all.
const timeouts = {
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 15_000,
  connectionTimeoutMillis: 5_000,
  idleTimeoutMillis: 60_000,
  maxLifetimeSeconds: 3_600,
};

/** `db.destroy()` ends its pool. */
export function openDatabase(options: DatabaseOptions): Db {
  const { url, connections, name, logger, statementTimeoutMs = 10_000 } = options;
  const pool = new Pool({
    connectionString: url,
    application_name: name,
    max: connections,
    keepAlive: true,
    options: settingsOf(options),
    types: { getTypeParser },
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 2_000,
    ...timeouts,
  });
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle Postgres connection broke'));
  // In use, the query rejects too; without a listener the event would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<never>({ dialect: new PostgresDialect({ pool: preparingPool(pool) }) });
}

/**
 * The views ask for no fsync: it would compete with the commits of the log on the same disk, and
 * a checkpoint is lost together with the rows that it stands for, so nothing is skipped.
 */
function settingsOf({ durability, plans = 'by size' }: DatabaseOptions): string {
  const durable = durability === 'views' ? 'off' : 'on';
  return [
    `-c timezone=UTC -c synchronous_commit=${durable}`,
    ...(plans === 'by index'
      ? ['-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off']
      : []),
  ].join(' ');
}

type TypeId = Parameters<typeof types.getTypeParser>[0];

/** `bigint` columns are positions and epochs: a JS number would lie past 2^53. */
function getTypeParser(oid: TypeId, format?: 'text' | 'binary') {
  if (oid === types.builtins.INT8 && format !== 'binary') return BigInt;
  return types.getTypeParser(oid, format);
}
