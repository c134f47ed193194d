import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { commandLine, findNatsServer, freePort, type Nats, startNats } from './index.ts';

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
