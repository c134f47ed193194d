import { freePort, type Postgres, startPostgres } from '@greencloud/embedded';
import { postgresBin } from '../process/environment.ts';
import { type Restartable, restartable } from './restartable.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** A Postgres server of its own, for tests that end it. Others take `withPostgres`. */
export type TestPostgresServer = Restartable &
  AsyncDisposable & {
    /** Of the superuser, database `postgres`; the same over every start. */
    readonly url: string;
    close(): Promise<void>;
  };

export type PostgresServerOptions = {
  /** `off` (the default) starts faster; a killed process loses nothing either way. */
  readonly durable?: 'on' | 'off';
  /** A folder that stays, as one on a disk of its own; else a new one that is removed at the end. */
  readonly dataDir?: string;
};

/** Starts a Postgres server for one suite, in about half a second. */
export async function withPostgresServer({
  durable = 'off',
  dataDir,
}: PostgresServerOptions = {}): Promise<TestPostgresServer> {
  const folder = dataDir === undefined ? await temporaryFolder('postgres') : undefined;
  const port = await freePort();
  const options = { dataDir: folder?.path ?? dataDir ?? '', port, durable, binDir: postgresBin() };
  const first: Postgres = await startPostgres(options);
  const launches = [first];
  const server = restartable(async () => launches.pop() ?? startPostgres(options));
  const close = async () => {
    await server.stop();
    await folder?.remove();
  };
  await server.start();
  return { ...server, url: first.url, close, [Symbol.asyncDispose]: close };
}
