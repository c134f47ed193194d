/** A line to a scheduler that can freeze, as the process at its other end does. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Line {
  readonly address: string;
  /** Not a byte more either way, and no end: connections are still taken, as a kernel does. */
  freeze(): void;
  thaw(): void;
  close(): void;
}

export async function lineTo(scheduler: string): Promise<Line> {
  const target = new URL(`tcp://${scheduler}`);
  const pairs: [Socket, Socket][] = [];
  let state: 'flowing' | 'frozen' = 'flowing';
  const server = createServer((near) => {
    const pair: [Socket, Socket] = [near, connect(Number(target.port), target.hostname)];
    pairs.push(pair);
    // A connection that a test has cut is no error of it.
    for (const socket of pair) socket.on('error', () => undefined);
    if (state === 'flowing') flow(pair);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const own = server.address();
  const port = typeof own === 'object' ? own?.port : undefined;
  return {
    address: `127.0.0.1:${port}`,
    freeze() {
      state = 'frozen';
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
      }
    },
    thaw() {
      state = 'flowing';
      for (const pair of pairs) flow(pair);
    },
    close() {
      for (const socket of pairs.flat()) socket.destroy();
      server.close();
    },
  };
}

function flow([near, far]: [Socket, Socket]): void {
  near.pipe(far);
  far.pipe(near);
}
