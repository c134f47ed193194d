import { sql } from 'kysely';
import { type Db, liveSchema, nextSchema, viewTables } from '../postgres/database.ts';

/** Empty tables of the live ones' shape, in place of whatever a broken rebuild left. */
export async function createNextSchema(db: Db): Promise<void> {
  await dropSchema(db, nextSchema);
  await sql`create schema ${sql.id(nextSchema)}`.execute(db);
  for (const table of viewTables) {
    await sql`
      create table ${sql.id(nextSchema, table)}
      (like ${sql.id(liveSchema, table)} including all)`.execute(db);
    // LIKE takes everything but the storage parameters; the fill factor spares the indexes.
    const options = await storageOptions(db, table);
    if (options !== '') {
      await sql`alter table ${sql.id(nextSchema, table)} set (${sql.raw(options)})`.execute(db);
    }
  }
}

async function storageOptions(db: Db, table: string): Promise<string> {
  const { rows } = await sql<{ options: string | null }>`
    select array_to_string(reloptions, ', ') as options from pg_class
    where oid = ${`${liveSchema}.${table}`}::regclass`.execute(db);
  return rows[0]?.options ?? '';
}

export async function dropSchema(db: Db, schema: string): Promise<void> {
  await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(db);
}

/** Autovacuum comes minutes later; until then the planner would take the tables for empty. */
export async function analyze(db: Db, schema: string): Promise<void> {
  for (const table of viewTables) await sql`analyze ${sql.id(schema, table)}`.execute(db);
}
