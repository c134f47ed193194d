import { access } from 'node:fs/promises';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { expect, it } from 'vitest';
import { withNats } from './with-nats.ts';

async function request(url: string, subject: string, body = ''): Promise<string> {
  const socket = createConnection(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(socket, 'data');
    socket.write(
      `CONNECT {"verbose":false}\r\nSUB answer 1\r\nPUB ${subject} answer ${body.length}\r\n${body}\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  } finally {
    socket.destroy();
  }
}

const createStream = (url: string) =>
  request(
    url,
    '$JS.API.STREAM.CREATE.NOTES',
    '{"name":"NOTES","subjects":["notes"],"storage":"file"}',
  );
const streamNames = (url: string) => request(url, '$JS.API.STREAM.NAMES');

it('keeps its address and its streams over kill and start', async () => {
  await using nats = await withNats();
  await createStream(nats.url);
  const before = nats.pid();

  await nats.kill();
  expect(nats.pid()).toBe('stopped');
  await expect(streamNames(nats.url)).rejects.toThrow('ECONNREFUSED');
  await nats.start();

  expect(nats.pid()).not.toBe(before);
  expect(await streamNames(nats.url)).toContain('NOTES');
});

it('comes back empty after a wipe', async () => {
  await using nats = await withNats();
  await createStream(nats.url);

  await nats.wipe();
  await nats.start();

  expect(await streamNames(nats.url)).not.toContain('NOTES');
});

it('leaves no process on close', async () => {
  const nats = await withNats();
  const pid = nats.pid();
  await nats.close();
  await expect(access(`/proc/${pid}`)).rejects.toThrow('ENOENT');
});
