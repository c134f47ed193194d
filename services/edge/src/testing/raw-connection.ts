import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A TCP connection that says what no HTTP client would. */
export interface RawConnection {
  write(text: string | Uint8Array): void;
  /** Everything received until the server closed the connection. */
  readonly whole: Promise<string>;
  /** What has been received so far. */
  readonly received: () => string;
  /** Reads nothing more, as a client that hangs. */
  pause(): void;
  destroy(): void;
}

export async function rawConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return {
    write: (text) => void socket.write(text),
    whole: once(socket, 'close').then(() => received),
    received: () => received,
    pause: () => void socket.pause(),
    destroy: () => void socket.destroy(),
  };
}
