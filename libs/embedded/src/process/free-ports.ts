import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { pid } from 'node:process';

/**
 * Below every system's range for outgoing connections (Linux from 32,768, others from 49,152). In
 * that range a client that keeps calling a dead server's port is one day given this very port as
 * its own, reaches itself, and the server cannot start again.
 */
const LOWEST = 15_000;
// Each process searches from a block of its own: of two stacks that start at the same moment, with
// 30 ports each picked at random, one in twenty failed at a port that the other had seen free too.
const BLOCK = 64;
const BLOCKS = 265;

let searched = 0;

/** Never the same twice in a process until all 16,960 were looked at. */
function nextPort(): number {
  const port = LOWEST + (((pid % BLOCKS) * BLOCK + searched) % (BLOCK * BLOCKS));
  searched += 1;
  return port;
}

/**
 * Gives `count` different TCP ports of loopback that nobody listens on now. All are held until the
 * last one is known.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  try {
    while (held.size < count) {
      const port = nextPort();
      const server = held.has(port) ? 'taken' : await listen(port);
      if (typeof server !== 'string') held.set(port, server);
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

/** `forbidden`: a port below 1,024, which only root may take. */
export type PortState = 'free' | 'taken' | 'forbidden';

/** Says whether a listener of ours can take this port of loopback now. */
export async function portState(port: number): Promise<PortState> {
  const server = await listen(port);
  if (typeof server === 'string') return server;
  await close(server);
  return 'free';
}

async function listen(port: number): Promise<Server | 'taken' | 'forbidden'> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return server;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'EACCES' ? 'forbidden' : 'taken';
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
  });
}
