import { Client } from 'pg';
import { expect, it } from 'vitest';
import { withPostgresServer } from './with-postgres-server.ts';

it('keeps its address and its rows over kill and start', async () => {
  await using server = await withPostgresServer();
  await query(server.url, "create table notes as select 'kept' as note");
  const before = server.pid();

  await server.kill();
  await expect(query(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
  await server.start();

  expect(server.pid()).not.toBe(before);
  expect(await query(server.url, 'select note from notes')).toEqual([{ note: 'kept' }]);
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
