import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below every system's range for outgoing connections (Linux from 32,768, others from 49,152). In
 * that range a client that keeps calling a dead server's port is one day given this very port as
 * its own, reaches itself, and the server cannot start again.
 */
const LOWEST = 15_000;
const HIGHEST = 32_000;

/**
 * Gives `count` different TCP ports of loopback that nobody listens on now. All are held until the
 * last one is known.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  try {
    while (held.size < count) {
      const port = randomInt(LOWEST, HIGHEST);
      const server = held.has(port) ? undefined : await listen(port);
      if (server !== undefined) held.set(port, server);
    }
    return [...held.keys()];
  } finally {
    await Promise.all([...held.values()].map(close));
  }
}

/** One free TCP port of loopback. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('no port was found');
  return port;
}

/** Says whether a listener can take this port of loopback now. */
export async function portState(port: number): Promise<'free' | 'taken'> {
  const server = await listen(port);
  if (server === undefined) return 'taken';
  await close(server);
  return 'free';
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
  });
}
