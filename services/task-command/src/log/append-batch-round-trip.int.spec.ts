import { createServer, connect as dial, type AddressInfo } from 'node:net';
import { withPostgres } from '@greencloud/testing';
import { expect, it } from 'vitest';
import { appendBatch } from './append-batch.ts';
import { connect, draft, newTaskId, openLog } from './log-fixtures.ts';

/** Passes bytes on and counts how often the client spoke after the server had. */
async function countingProxy(url: string) {
  const seen = { turns: 0, text: '' };
  const server = createServer((client) => {
    let last: 'client' | 'server' = 'server';
    const upstream = dial(Number(new URL(url).port), '127.0.0.1');
    client.on('data', (bytes) => {
      if (last === 'server') seen.turns += 1;
      last = 'client';
      seen.text += bytes.toString('latin1');
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      last = 'server';
      client.write(bytes);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.port = String((server.address() as AddressInfo).port);
  return { seen, url: through.href, close: () => server.close() };
}

it('appends a batch in one round trip, and sends its SQL once per connection', async () => {
  await using database = await withPostgres();
  const owner = await openLog(database.url, 1);
  await owner.destroy();
  const { seen, url, close } = await countingProxy(database.url);
  const db = connect(url, 1);
  const append = () =>
    appendBatch(
      db,
      0,
      Array.from({ length: 20 }, () => draft(newTaskId(), 0)),
    );

  await append();
  expect(seen.text).toContain('select * from task_command.append_batch');
  Object.assign(seen, { turns: 0, text: '' });
  for (let batch = 0; batch < 5; batch += 1) await append();

  expect(seen.turns).toBe(5);
  expect(seen.text).not.toContain('select');
  await db.destroy();
  close();
});
