import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP way to a server that can be cut: what a client sees is a server that goes away. */
export interface Relay extends AsyncDisposable {
  /** `host:port` */
  readonly address: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

const host = '127.0.0.1';

export async function relayTo(target: string): Promise<Relay> {
  const [farHost = '', farPort = ''] = target.split(':');
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    const far = connect(Number(farPort), farHost);
    keep(near);
    keep(far);
    near.pipe(far).pipe(near);
  });
  const port = await listen(server, 0);
  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    address: `${host}:${port}`,
    cut,
    mend: async () => void (await listen(server, port)),
    [Symbol.asyncDispose]: cut,
  };
}

/** `host:port` where nobody listens. */
export async function unusedAddress(): Promise<string> {
  const server = createServer();
  const port = await listen(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return `${host}:${port}`;
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
