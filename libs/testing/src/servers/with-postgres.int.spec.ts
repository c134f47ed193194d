import { expect, it } from 'vitest';
import { withPostgres } from './with-postgres.ts';

it('gives each caller an empty database of its own', async () => {
  await using one = await withPostgres();
  await using other = await withPostgres();
  await one.pool.query('create table notes (text text)');

  const tables = await other.pool.query(
    "select 1 from information_schema.tables where table_name = 'notes'",
  );

  expect(one.url).not.toBe(other.url);
  expect(tables.rows).toEqual([]);
});

it('drops the database on close although others hold connections', async () => {
  await using survivor = await withPostgres();
  const dropped = await withPostgres();
  await dropped.pool.query('select 1');
  await dropped.close();

  const name = new URL(dropped.url).pathname.slice(1);
  const found = await survivor.pool.query('select 1 from pg_database where datname = $1', [name]);

  expect(found.rows).toEqual([]);
});
