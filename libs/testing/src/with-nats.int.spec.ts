import { createConnection } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestNats, withNats } from './with-nats.ts';

let nats: TestNats;
beforeAll(async () => {
  nats = await withNats();
});
afterAll(() => nats.close());

it('keeps its address over kill and start', async () => {
  const before = nats.pid();
  await nats.kill();
  await nats.start();
  expect(nats.pid()).not.toBe(before);
  const socket = createConnection(Number(new URL(nats.url).port), '127.0.0.1');
  const [hello] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(hello.toString()).toMatch(/^INFO /);
});
