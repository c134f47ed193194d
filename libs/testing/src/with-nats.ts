import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findNatsServer, freePort, type Nats, startNats } from '@greencloud/embedded';
import { environment } from './environment.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A real nats-server of its own, which keeps its port and its files from start to start. */
export type TestNats = AsyncDisposable & {
  readonly url: string;
  /** The process id, or `stopped`. */
  pid(): number | 'stopped';
  /** Starts it again on the same port with the files it left. Does nothing while it runs. */
  start(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it by SIGKILL. */
  kill(): Promise<void>;
  /** Kills it and deletes every stream; `start` brings it back empty. */
  wipe(): Promise<void>;
  close(): Promise<void>;
};

/** Starts a nats-server with JetStream for one suite, in about 30 ms. */
export async function withNats(): Promise<TestNats> {
  const folder = await temporaryFolder('nats');
  const storeDir = join(folder.path, 'store');
  const command = await findNatsServer({
    env: environment(),
    cacheDir: join(folder.path, 'cache'),
    onLine: (line) => console.log(line),
  });
  const port = await freePort();
  let nats: Nats | 'stopped' = 'stopped';

  const start = async () => {
    if (nats === 'stopped') nats = await startNats({ command, storeDir, port });
  };
  const end = async (how: 'stop' | 'kill') => {
    if (nats === 'stopped') return;
    const ending = nats;
    nats = 'stopped';
    if (how === 'kill') ending.kill('SIGKILL');
    await ending.stop();
  };
  const close = async () => {
    await end('stop');
    await folder.remove();
  };

  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    pid: () => (nats === 'stopped' ? 'stopped' : nats.pid),
    start,
    stop: () => end('stop'),
    kill: () => end('kill'),
    wipe: async () => {
      await end('kill');
      await rm(storeDir, { recursive: true, force: true });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
