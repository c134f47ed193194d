import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { freePort, freePorts, portState } from './free-ports.ts';

it('gives different ports', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
});

it('tells a taken port from a free one', async () => {
  const port = await freePort();
  expect(await portState(port)).toBe('free');
  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  expect(await portState(port)).toBe('taken');
});
