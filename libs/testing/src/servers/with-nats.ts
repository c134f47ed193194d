import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findNatsServer,
  freePort,
  type NatsUser,
  startNats,
  userCacheFolder,
} from '@greencloud/embedded';
import { environment } from '../process/environment.ts';
import { type Restartable, restartable } from './restartable.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import type { TestTlsFiles } from './with-certificates.ts';

/** A real nats-server of its own, which keeps its port and its files from start to start. */
export type TestNats = Restartable &
  AsyncDisposable & {
    readonly url: string;
    /** Its streams' files: while it is stopped, an older copy may be put there. */
    readonly storeDir: string;
    /** Kills it and deletes every stream; `start` brings it back empty. */
    wipe(): Promise<void>;
    close(): Promise<void>;
  };

export type NatsTestOptions = {
  /** Who may log in; without it everybody may do everything. */
  readonly users?: readonly NatsUser[];
  /** It then takes clients with TLS only. */
  readonly tls?: TestTlsFiles;
};

/** Starts a nats-server with JetStream for one suite, in about 30 ms. */
export async function withNats(options: NatsTestOptions = {}): Promise<TestNats> {
  const env = environment();
  const onStep = (line: string) => console.log(line);
  const command = await findNatsServer({ env, cacheDir: userCacheFolder(env), onStep });
  const folder = await temporaryFolder('nats');
  const storeDir = join(folder.path, 'store');
  const port = await freePort();
  const server = restartable(() => startNats({ command, storeDir, port, ...options }));
  const close = async () => {
    await server.stop();
    await folder.remove();
  };

  await server.start();
  return {
    ...server,
    url: `${options.tls === undefined ? 'nats' : 'tls'}://127.0.0.1:${port}`,
    storeDir,
    wipe: async () => {
      await server.kill();
      await rm(storeDir, { recursive: true, force: true });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
