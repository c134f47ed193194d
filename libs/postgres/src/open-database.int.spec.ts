import { createHealth, createLogger } from '@greencloud/runtime';
import { eventually, type TestDatabase, withPostgres } from '@greencloud/testing';
import { type Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrateToLatest, type MigrationPlan } from './migrate/migrate-to-latest.ts';
import { openDatabase } from './open-database.ts';
import { proxyPostgres } from './testing/index.ts';
import { watchDatabase } from './watch-database.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
let database: TestDatabase;
const open = (settings: Record<string, string> = {}, url = database.url): Kysely<never> =>
  openDatabase({ url, connections: 1, name: 'test', logger, settings });

beforeEach(async () => {
  database = await withPostgres();
});
afterEach(() => database.close());

async function shown(db: Kysely<never>, setting: string): Promise<unknown> {
  const { rows } = await sql<{
    value: unknown;
  }>`select current_setting(${setting}) as value`.execute(db);
  return rows[0]?.value;
}

it('commits durably and speaks UTC, whatever else a service wants of its sessions', async () => {
  await using db = open({ synchronous_commit: 'off', enable_seqscan: 'off' });
  expect(await shown(db, 'synchronous_commit')).toBe('on');
  expect(await shown(db, 'timezone')).toBe('UTC');
  expect(await shown(db, 'enable_seqscan')).toBe('off');
});

it('reads bigint columns as bigints', async () => {
  await using db = open();
  const { rows } = await sql`select 9007199254740993::bigint as position`.execute(db);
  expect(rows).toEqual([{ position: 9_007_199_254_740_993n }]);
});

it('puts a new connection in the place of one whose query got no answer', async () => {
  await using proxy = await proxyPostgres(database.url);
  await using db = open({}, proxy.url);
  await shown(db, 'timezone');
  proxy.loseNextAnswer();
  await expect(shown(db, 'timezone')).rejects.toThrow();
  expect(await shown(db, 'timezone')).toBe('UTC');
});

it('waits for a connection in use as long as it may', async () => {
  const { url } = database;
  await using db = openDatabase<never>({
    url,
    connections: 1,
    name: 'test',
    logger,
    connectWithinMs: 50,
  });
  const user = await db.startTransaction().execute();
  await expect(shown(db, 'timezone')).rejects.toThrow('timeout');
  await user.rollback().execute();
  expect(await shown(db, 'timezone')).toBe('UTC');
});

it('migrates once, whoever starts it at once', async () => {
  const plan: MigrationPlan = {
    schema: 'example',
    migrations: {
      '0001-one': { up: async (db) => void (await sql`create table example.one ()`.execute(db)) },
    },
  };
  await using one = open();
  await using two = open();
  const applied = await Promise.all([migrateToLatest(one, plan), migrateToLatest(two, plan)]);
  expect(applied.flat()).toEqual(['0001-one']);
});

it('a service is ready only while its database answers', async () => {
  const stopping = new AbortController();
  const health = createHealth();
  await using proxy = await proxyPostgres(database.url);
  await using db = open({}, proxy.url);
  const probe = () => sql`select 1`.execute(db);
  await watchDatabase({ probe, health, logger, signal: stopping.signal });
  expect(health.problems().filter(({ name }) => name === 'postgres')).toEqual([]);
  await proxy[Symbol.asyncDispose]();
  await eventually(() => expect(health.problems()).toMatchObject([{ name: 'postgres' }]));
  stopping.abort();
});
