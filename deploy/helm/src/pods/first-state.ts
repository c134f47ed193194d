import { pathToFileURL } from 'node:url';
import { createDatabase } from '@greencloud/embedded';
import { openPool } from '@greencloud/testing';
import { Kysely, PostgresDialect } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { inRepository } from '../repository.ts';

// schema → the service that owns it
const owners = {
  task_command: 'task-command',
  projection: 'projection',
  scheduler: 'scheduler',
  lambda_catalog: 'lambda-catalog',
};
const tablesOf = `
  select table_schema || '.' || table_name as name from information_schema.tables
  where table_schema = any($1) and table_name not like 'migration%' order by 1`;

type Pool = ReturnType<typeof openPool>;

/** Rows of each table as a count and a hash of all of them. */
export type Contents = Readonly<Record<string, string>>;

/** A new database with each schema as its first migration leaves it, and the rows of an old one. */
export async function copyIntoFirstState(from: string, name: string): Promise<string> {
  const url = await createDatabase(from, name);
  const [old, fresh] = [openPool(from), openPool(url)];
  const db = new Kysely<never>({ dialect: new PostgresDialect({ pool: fresh }) });
  for (const [schema, service] of Object.entries(owners)) await migrateToFirst(db, schema, service);
  for (const table of await tables(fresh)) await copy(old, fresh, table);
  await Promise.all([old.end(), db.destroy()]);
  return url;
}

async function migrateToFirst(db: Kysely<never>, schema: string, service: string): Promise<void> {
  const path = inRepository(`services/${service}/src/migrations/index.ts`);
  const { plan } = (await import(pathToFileURL(path).href)) as {
    plan: { migrations: Record<string, Migration> };
  };
  const { migrations } = plan;
  const first = Object.keys(migrations).toSorted()[0] ?? '';
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableSchema: schema,
    migrationTableName: 'migration',
    migrationLockTableName: 'migration_lock',
  }).migrateTo(first);
  if (error !== undefined) throw error;
}

async function tables(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(tablesOf, [Object.keys(owners)]);
  return rows.map(({ name }) => name);
}

async function copy(old: Pool, fresh: Pool, table: string): Promise<void> {
  const { rows } = await old.query<{ all: string | null }>(
    `select json_agg(t)::text as all from ${table} t`,
  );
  const client = await fresh.connect();
  // Tables come by name, not by who refers to whom.
  await client.query('set session_replication_role = replica');
  const insert = `insert into ${table} select * from json_populate_recordset(null::${table}, $1)`;
  await client.query(insert, [rows[0]?.all ?? '[]']);
  client.release(true);
}

/** What the tables of one database hold; of those alone that `like` has, if it is given. */
export async function contentsOf(url: string, like?: Contents): Promise<Contents> {
  const pool = openPool(url);
  const names = like === undefined ? await tables(pool) : Object.keys(like);
  const entries = names.map(async (table) => {
    const { rows } = await pool.query<{ text: string }>(
      `select count(*) || ' rows ' || md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as text from ${table} t`,
    );
    return [table, rows[0]?.text ?? ''] as const;
  });
  const contents = Object.fromEntries(await Promise.all(entries));
  await pool.end();
  return contents;
}
