import { binaryArray, elementTypes } from './binary-array.ts';
import { withPostgres } from '@greencloud/testing';
import { expect, it } from 'vitest';

const { bigint, boolean, bytea, integer, smallint, text, uuid } = elementTypes;
const id = '63f47d1c-5bd6-4eef-8211-c83e00000000';

it.each([
  [integer, [-1, 0, null, 2 ** 31 - 1]],
  [smallint, [-(2 ** 15), null, 7]],
  [boolean, [true, null, false]],
  [text, ['', null, 'a "quoted" {brace}, NULL', 'grün 🌱']],
  [uuid, [id, null, '01234567-89ab-cdef-fedc-ba9876543210']],
  [bytea, [Buffer.alloc(0), null, Buffer.from([0, 1, 255])]],
] as const)('Postgres reads an array of $name as it was', async (type, values) => {
  await using database = await withPostgres();
  const array = binaryArray<never>(type, values as never);
  const { rows } = await database.pool.query(`select $1::${type.name}[] as found`, [array]);
  expect(rows[0].found).toEqual(values);
});

it('Postgres reads numbers and bigints as bigint', async () => {
  await using database = await withPostgres();
  const values = [0, -1, 2 ** 32, -(2 ** 40) - 5, 2 ** 53 - 1, 2n ** 63n - 1n, -(2n ** 63n)];
  const { rows } = await database.pool.query('select $1::bigint[]::text[] as found', [
    binaryArray(bigint, values),
  ]);
  expect(rows[0].found).toEqual(values.map(String));
});

it('Postgres reads a UUID in upper case, too', async () => {
  await using database = await withPostgres();
  const array = binaryArray(uuid, [id.toUpperCase()]);
  const { rows } = await database.pool.query('select $1::uuid[] as found', [array]);
  expect(rows[0].found).toEqual([id]);
});
