import { retry } from '@greencloud/runtime';
import { sql } from 'kysely';
import {
  type Db,
  liveSchema,
  nextSchema,
  oldSchema,
  type Tx,
  viewTables,
} from '../postgres/database.ts';
import { isLockFailure } from '../postgres/sql-states.ts';
import { dropSchema } from './next-schema.ts';
import { assertSeized, type Seizure } from './seize-leases.ts';

// While the switch waits for its locks every new read waits behind it: better to stand back.
const lockTimeout = sql.raw(`'100 ms'`);

/** The new tables take the place of the live ones in one transaction; no read sees a mixture. */
export async function switchViews(db: Db, seizure: Seizure): Promise<void> {
  await dropSchema(db, oldSchema);
  const move = () => db.transaction().execute((tx) => moveTables(tx, seizure));
  await retry(move, { attempts: 50, withinMs: 10_000, maxMs: 200, retryable: isLockFailure });
  await dropSchema(db, oldSchema);
}

async function moveTables(tx: Tx, seizure: Seizure): Promise<void> {
  await assertSeized(tx, seizure);
  await sql`set local lock_timeout = ${lockTimeout}`.execute(tx);
  const live = viewTables.map((table) => sql.id(liveSchema, table));
  await sql`lock table ${sql.join(live)} in access exclusive mode`.execute(tx);
  await sql`create schema ${sql.id(oldSchema)}`.execute(tx);
  for (const table of viewTables) {
    await moveTable(tx, table, liveSchema, oldSchema);
    await moveTable(tx, table, nextSchema, liveSchema);
  }
}

async function moveTable(tx: Tx, table: string, from: string, to: string): Promise<void> {
  await sql`alter table ${sql.id(from, table)} set schema ${sql.id(to)}`.execute(tx);
}
