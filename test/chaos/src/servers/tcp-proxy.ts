import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** `slow` holds every chunk back for that long; `cut` refuses and ends all connections. */
export type Weather =
  | { readonly kind: 'clear' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'cut' };

/** A place between a client and its server where the network goes bad. */
export type TcpProxy = {
  readonly port: number;
  readonly connections: () => number;
  setWeather(weather: Weather): void;
  close(): Promise<void>;
};

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let weather: Weather = { kind: 'clear' };
  const pairs = new Set<Pair>();
  const server = createServer((client) => {
    const pair = join(client, targetPort, () => delayOf(weather));
    pairs.add(pair);
    client.once('close', () => pairs.delete(pair));
    if (weather.kind === 'cut') pair.end();
  });
  const cutAll = () => {
    for (const { end } of pairs) end();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    connections: () => pairs.size,
    setWeather: (next) => {
      weather = next;
      if (next.kind === 'cut') cutAll();
    },
    close: async () => {
      server.close();
      cutAll();
      await once(server, 'close');
    },
  };
}

type Pair = { readonly end: () => void };

function join(client: Socket, targetPort: number, delayMs: () => number): Pair {
  const server = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
  client.setNoDelay(true);
  const end = () => {
    // A socket that is being shut down refuses a reset, and Node forgets it open then (24.21).
    if (client.writableEnded) client.destroy();
    else client.resetAndDestroy();
    server.destroy();
  };
  for (const socket of [client, server]) {
    socket.on('error', end);
    socket.once('close', end);
  }
  client.pipe(delaying(delayMs)).pipe(server);
  server.pipe(delaying(delayMs)).pipe(client);
  return { end };
}

/** One chunk after the other, so that their order is kept whatever the delay becomes meanwhile. */
function delaying(delayMs: () => number): Transform {
  return new Transform({
    transform: (chunk, _encoding, done) => {
      const delay = delayMs();
      if (delay === 0) done(null, chunk);
      else setTimeout(() => done(null, chunk), delay);
    },
  });
}

function delayOf(weather: Weather): number {
  return weather.kind === 'slow' ? weather.delayMs : 0;
}
