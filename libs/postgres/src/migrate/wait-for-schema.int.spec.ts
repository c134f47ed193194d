import { createHealth, createLogger } from '@greencloud/runtime';
import { eventually, type TestDatabase, withPostgres } from '@greencloud/testing';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { migrateToLatest } from './migrate-to-latest.ts';
import { waitForSchema } from './wait-for-schema.ts';

const schema = 'example';
const table = (name: string): Migration => ({
  up: (db) => db.schema.withSchema(schema).createTable(name).execute(),
});
const older = { schema, migrations: { '0001-one': table('one') } };
const plan = { schema, migrations: { ...older.migrations, '0002-two': table('two') } };
const newer = { schema, migrations: { ...plan.migrations, '0003-three': table('three') } };
const waits = [{ name: 'schema', problem: 'waits for the migration 0002-two of example' }];

let database: TestDatabase;
beforeEach(async () => {
  database = await withPostgres();
});
afterEach(() => database.close());

function open() {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const said = vi.spyOn(logger, 'warn');
  const db = openDatabase<never>({ url: database.url, connections: 1, name: 'test', logger });
  const health = createHealth();
  health.set('ready');
  const stop = new AbortController();
  const waiting = waitForSchema(db, plan, { health, logger, signal: stop.signal });
  return { db, health, said, stop, waiting, [Symbol.asyncDispose]: () => db.destroy() };
}

it('waits on an old schema, names what it waits for, and is ready after it', async () => {
  await using service = open();
  await migrateToLatest(service.db, older);
  await eventually(() => {
    expect(service.said).toHaveBeenLastCalledWith(
      { schema, migration: '0002-two', err: new Error('The schema is older than this service') },
      'waiting for a migration',
    );
  });
  expect([service.health.serving, service.health.problems()]).toEqual(['no', waits]);
  await migrateToLatest(service.db, plan);
  await service.waiting;
  expect(service.health.serving).toBe('yes');
});

it('waits for a schema that is not there at all', async () => {
  await using service = open();
  await eventually(() => expect(service.said).toHaveBeenCalled());
  await migrateToLatest(service.db, plan);
  await service.waiting;
  expect(service.health.serving).toBe('yes');
});

it('never looks again: a schema that is lost later is no matter of the start', async () => {
  await using service = open();
  await migrateToLatest(service.db, plan);
  await service.waiting;
  await sql`drop schema example cascade`.execute(service.db);
  expect(service.health.serving).toBe('yes');
});

it('is content with a newer schema', async () => {
  await using service = open();
  await migrateToLatest(service.db, newer);
  await service.waiting;
  expect(service.health.serving).toBe('yes');
});

it('ends its wait when the service is stopped', async () => {
  await using service = open();
  service.stop.abort(new Error('stopped'));
  await expect(service.waiting).rejects.toThrow('stopped');
});
