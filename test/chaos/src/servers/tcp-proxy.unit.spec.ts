import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { eventually } from '@greencloud/testing';
import { afterEach, expect, it } from 'vitest';
import { startTcpProxy } from './tcp-proxy.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function echoThroughProxy() {
  const { proxy } = await echoBehindProxy();
  return proxy;
}

/** The server's ends of the connections come in the order in which they were made. */
async function echoBehindProxy() {
  const ends: Socket[] = [];
  const echo = createServer((socket) => {
    ends.push(socket);
    socket.on('error', () => undefined).pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  closing.push(() => echo.close());
  const proxy = await startTcpProxy((echo.address() as AddressInfo).port);
  closing.push(() => proxy.close());
  return { proxy, ends };
}

function client(port: number) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  closing.push(() => socket.destroy());
  return socket;
}

/** Of `once` an error would be a rejection, and here it is how a connection ends. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

it('passes bytes both ways', async () => {
  const proxy = await echoThroughProxy();
  const socket = client(proxy.port);
  socket.write('wind');
  expect(String(await once(socket, 'data'))).toBe('wind');
});

it('holds bytes back in slow weather', async () => {
  const proxy = await echoThroughProxy();
  proxy.setWeather({ kind: 'slow', delayMs: 60 });
  const socket = client(proxy.port);
  const since = performance.now();
  socket.write('wind');
  await once(socket, 'data');
  expect(performance.now() - since).toBeGreaterThan(100);
});

it('ends connections when cut, refuses new ones, and takes them again in clear weather', async () => {
  const proxy = await echoThroughProxy();
  const first = client(proxy.port);
  first.write('a');
  await once(first, 'data');
  proxy.setWeather({ kind: 'cut' });
  await closed(first);
  const refused = client(proxy.port);
  await closed(refused);
  proxy.setWeather({ kind: 'clear' });
  const again = client(proxy.port);
  again.write('b');
  expect(String(await once(again, 'data'))).toBe('b');
});

it('keeps no socket of a connection that one side ends while the other one writes', async () => {
  const { proxy, ends } = await echoBehindProxy();
  const before = openSockets();
  for (let n = 0; n < 20; n++) {
    const socket = client(proxy.port);
    socket.write('a');
    await once(socket, 'data');
    // Both in one step, so that the proxy hears of both in one step of its own.
    ends[n]?.destroy();
    socket.write('b');
    await closed(socket);
  }
  await eventually(() => expect(openSockets()).toBeLessThanOrEqual(before), { timeoutMs: 3_000 });
});

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
}
