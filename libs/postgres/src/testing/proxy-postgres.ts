import { type AddressInfo, connect as dial, createServer, type Socket } from 'node:net';

export interface PostgresProxy extends AsyncDisposable {
  readonly url: string;
  /** How often a client spoke after the server had: round trips. */
  turns: number;
  /** All that clients sent. */
  sent: string;
  /** The next answer of the server is swallowed and its connection cut. */
  loseNextAnswer(): void;
  readonly lost: number;
}

/** A real TCP connection to a real Postgres that a test can watch and cut. */
export async function proxyPostgres(url: string): Promise<PostgresProxy> {
  const proxy = { turns: 0, sent: '', lost: 0 };
  let loss: 'none' | 'armed' = 'none';
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    let last: 'client' | 'server' = 'server';
    const upstream = dial(Number(new URL(url).port), '127.0.0.1');
    client.on('data', (bytes) => {
      if (last === 'server') proxy.turns += 1;
      last = 'client';
      proxy.sent += bytes.toString('latin1');
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      last = 'server';
      if (loss === 'none') return client.write(bytes);
      loss = 'none';
      proxy.lost += 1;
      return client.destroy();
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.port = String((server.address() as AddressInfo).port);
  return Object.assign(proxy, {
    url: through.href,
    loseNextAnswer: () => {
      loss = 'armed';
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
