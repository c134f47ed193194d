import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort } from '../process/free-ports.ts';
import { ignore, type OnLine } from '../process/lines.ts';
import { postgresBinaries } from './binaries.ts';
import { openCluster, SUPERUSER } from './cluster.ts';
import { postgresIdentity } from './identity.ts';
import { startPostmaster } from './server.ts';
import { endLeftOver } from '../process/process-table.ts';
import type { ServerProcess } from '../process/server-process.ts';

export type PostgresOptions = {
  /** Holds the cluster and its password. Made when missing; starting again keeps every row. */
  readonly dataDir: string;
  /** A folder with `postgres` and `initdb`, in place of the embedded ones. */
  readonly binDir?: string | undefined;
  /** Loopback port; a free one when left out. */
  readonly port?: number;
  /** `off` gives up fsync: for tests whose data nobody needs after a crash of the machine. */
  readonly durable: 'on' | 'off';
  /** Says what is being done beyond a plain start. */
  readonly onStep?: OnLine;
  /** Every line of the server's log. */
  readonly onLine?: OnLine;
};

export type Postgres = ServerProcess & {
  readonly port: number;
  /** Connection string of the superuser, database `postgres`. It holds the password. */
  readonly url: string;
};

/**
 * Starts a real Postgres on loopback and resolves when it takes connections. A server of an
 * earlier run on the same folder is ended first.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { durable, onStep = ignore, onLine = ignore } = options;
  const dataDir = resolve(options.dataDir);
  // 0711: Postgres may run as a user of its own, which must reach the cluster and no more.
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const binaries = postgresBinaries(options.binDir);
  const paths = [join(dataDir, 'cluster'), binaries.postgres];
  const identity = await postgresIdentity(paths, onStep);
  const { folder, password } = await openCluster({ dataDir, identity, binaries, onStep });
  await endEarlierPostmaster(folder, onStep);

  const port = options.port ?? (await freePort());
  const server = await startPostmaster({ folder, binaries, identity, port, durable, onLine });
  const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
  return { ...server, port, url };
}

async function endEarlierPostmaster(folder: string, onStep: OnLine): Promise<void> {
  const file = join(folder, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (!Number.isInteger(pid) || pid <= 1) return;
  const end = await endLeftOver(pid, ['postgres', folder], 'SIGINT');
  if (end === 'ended') onStep(`ended a left-over Postgres of this folder (pid ${pid})`);
  // Postgres trusts the number alone, and would not start if another program has it now.
  await rm(file, { force: true });
}
