import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
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

it('leaves a folder that it was given, with its rows', async () => {
  const folder = await temporaryFolder('given');
  onTestFinished(() => folder.remove());
  const first = await withPostgresServer({ dataDir: folder.path });
  await query(first.url, "create table notes as select 'kept' as note");
  await first.close();
  await using second = await withPostgresServer({ dataDir: folder.path });
  expect(await query(second.url, 'select note from notes')).toEqual([{ note: 'kept' }]);
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
