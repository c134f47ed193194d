import { Kysely, PostgresDialect } from 'kysely';
import { appendBatchSql } from '../log/append-batch.ts';
import type { Database, Db } from './database.ts';
import { kyselyPool } from './kysely-pool.ts';
import { openPool, type PoolOptions } from './open-pool.ts';

const prepared = new Map([[appendBatchSql, 'append_batch']]);

/** `db.destroy()` ends its pool. */
export function openDatabase(options: PoolOptions): Db {
  const pool = kyselyPool(openPool(options), prepared);
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}
