import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  commandLine,
  findNatsServer,
  freePort,
  type Nats,
  type NatsUser,
  startNats,
} from '../index.ts';

let folder: string;
const started: Nats[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'greencloud-embedded-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((nats) => nats.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(port: number, onStep?: (line: string) => void): Promise<Nats> {
  const command = await findNatsServer({ env: {}, cacheDir: folder, onStep: console.log });
  const storeDir = join(folder, 'store');
  const nats = await startNats({ command, storeDir, port, ...(onStep ? { onStep } : {}) });
  started.push(nats);
  return nats;
}

async function greeting(port: number): Promise<Record<string, unknown>> {
  const socket = createConnection(port, '127.0.0.1');
  const [hello] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return JSON.parse(hello.toString().replace(/^INFO /, '')) as Record<string, unknown>;
}

it('serves JetStream on loopback at the port asked for', async () => {
  const port = await freePort();
  await start(port);
  expect(await greeting(port)).toMatchObject({ host: '127.0.0.1', jetstream: true });
});

it('ends a server that an earlier run left on the folder', async () => {
  const lines: string[] = [];
  const left = await start(await freePort());

  await start(await freePort(), (line) => lines.push(line));

  expect(await commandLine(left.pid)).toBe('gone');
  expect(lines).toContain(`ended a left-over nats-server of this folder (pid ${left.pid})`);
});

it('says why when the port is taken', async () => {
  const port = await freePort();
  await start(port);
  const command = await findNatsServer({ env: {}, cacheDir: folder, onStep: console.log });
  await expect(startNats({ command, storeDir: join(folder, 'other'), port })).rejects.toThrow(
    'address already in use',
  );
});

const users: NatsUser[] = [
  { name: 'writer', password: 'w-secret', publish: ['news.*'], subscribe: [] },
  { name: 'reader', password: 'r-secret', publish: [], subscribe: ['news.>'] },
];

/** What the server answers to one login and one line. */
async function answer(port: number, login: object, line: string): Promise<string> {
  const socket = createConnection(port, '127.0.0.1');
  try {
    await once(socket, 'data');
    socket.write(`CONNECT ${JSON.stringify({ verbose: true, ...login })}\r\n${line}\r\nPING\r\n`);
    let text = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      text += chunk.toString();
      if (text.includes('PONG') || text.includes('Authorization Violation')) break;
    }
    return text;
  } finally {
    socket.destroy();
  }
}

async function startWithUsers(): Promise<{ nats: Nats; storeDir: string }> {
  const command = await findNatsServer({ env: {}, cacheDir: folder, onStep: console.log });
  const storeDir = join(folder, 'store');
  const nats = await startNats({ command, storeDir, users });
  started.push(nats);
  return { nats, storeDir };
}

it('opens to each user its own subjects only', async () => {
  const { port } = (await startWithUsers()).nats;
  const writer = { user: 'writer', pass: 'w-secret' };
  const reader = { user: 'reader', pass: 'r-secret' };
  const violation = 'Permissions Violation';

  expect(await answer(port, writer, 'PUB news.a 1\r\nx')).not.toContain(violation);
  expect(await answer(port, writer, 'PUB news.a.b 1\r\nx')).toContain(violation);
  expect(await answer(port, writer, 'SUB news.a 1')).toContain(violation);
  expect(await answer(port, reader, 'SUB news.> 1')).not.toContain(violation);
  expect(await answer(port, reader, 'PUB news.a 1\r\nx')).toContain(violation);
});

it('lets nobody in without the right password', async () => {
  const { port } = (await startWithUsers()).nats;
  expect(await answer(port, {}, 'SUB news.a 1')).toContain('Authorization Violation');
  const wrong = { user: 'reader', pass: 'w-secret' };
  expect(await answer(port, wrong, 'SUB news.a 1')).toContain('Authorization Violation');
});

it('keeps passwords out of its arguments, in a file that only its owner reads', async () => {
  const { nats, storeDir } = await startWithUsers();
  expect(await commandLine(nats.pid)).not.toContain('secret');
  expect((await stat(join(storeDir, 'nats-server.conf'))).mode & 0o777).toBe(0o600);
});
