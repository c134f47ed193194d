import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-ports.ts';
import type { OnLine } from './lines.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { openCluster, type PostgresCluster, postgresEnv, SUPERUSER } from './postgres-cluster.ts';
import { type PostgresIdentity, postgresIdentity } from './postgres-identity.ts';
import { endLeftOver } from './process-table.ts';
import { type ServerProcess, startServer } from './server-process.ts';

export type PostgresOptions = {
  /** Holds the cluster and its password. Made when missing; starting again keeps every row. */
  readonly dataDir: string;
  /** Loopback port; a free one when left out. */
  readonly port?: number;
  /** `off` gives up fsync: for tests whose data nobody needs after a crash of the machine. */
  readonly durable: 'on' | 'off';
  /** Says what is being done, then every line of the server's log. */
  readonly onLine?: OnLine;
};

export type Postgres = ServerProcess & {
  readonly port: number;
  /** Connection string of the superuser, database `postgres`. It holds the password. */
  readonly url: string;
};

/** How long a new server may need: recovery after a kill replays at most one checkpoint's WAL. */
const START_LIMIT_MS = 60_000;

/**
 * Starts a real Postgres on loopback and resolves when it takes connections. A server of an
 * earlier run on the same folder is ended first.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const onLine = options.onLine ?? (() => undefined);
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const paths = [join(dataDir, 'cluster'), postgresBinaries().postgres];
  const identity = await postgresIdentity(paths, onLine);
  const cluster = await openCluster(dataDir, identity, onLine);
  await endEarlierPostmaster(cluster.folder, onLine);

  const port = options.port ?? (await freePort());
  const server = await startUntilReady(cluster, identity, port, options.durable, onLine);
  const url = `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/postgres`;
  return { ...server, port, url };
}

async function endEarlierPostmaster(folder: string, onLine: OnLine): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!Number.isInteger(pid) || pid <= 1) return;
  const end = await endLeftOver(pid, ['postgres', folder], 'SIGINT');
  if (end === 'ended') onLine(`ended a left-over Postgres of this folder (pid ${pid})`);
  // Postgres trusts the number alone and would refuse to start if another program has it now.
  await rm(pidFile, { force: true });
}

/**
 * After `kill -9` of a postmaster its children need a moment to notice, and hold the shared memory
 * until then: a new one refuses to start, so it is tried again.
 */
async function startUntilReady(
  cluster: PostgresCluster,
  identity: PostgresIdentity,
  port: number,
  durable: 'on' | 'off',
  onLine: OnLine,
): Promise<ServerProcess> {
  const limit = Date.now() + START_LIMIT_MS;
  for (;;) {
    const outcome = await startOnce(cluster, identity, port, durable, limit, onLine);
    if (outcome.kind === 'ready') return outcome.server;
    if (outcome.kind === 'failed' || Date.now() > limit) throw new Error(outcome.reason);
    await sleep(200);
  }
}

type StartOutcome =
  | { kind: 'ready'; server: ServerProcess }
  | { kind: 'busy'; reason: string }
  | { kind: 'failed'; reason: string };

async function startOnce(
  cluster: PostgresCluster,
  identity: PostgresIdentity,
  port: number,
  durable: 'on' | 'off',
  limit: number,
  onLine: OnLine,
): Promise<StartOutcome> {
  const last: string[] = [];
  const ready = Promise.withResolvers<'ready'>();
  const { command, args, ids } = identity.wrap(
    postgresBinaries().postgres,
    serverFlags(cluster.folder, port, durable),
  );
  const server = await startServer({
    command,
    args,
    identity: ids,
    env: postgresEnv(),
    cwd: cluster.folder,
    stopSignal: 'SIGINT',
    onLine: (line) => {
      if (last.push(line) > 20) last.shift();
      if (line.includes('database system is ready to accept connections')) ready.resolve('ready');
      onLine(line);
    },
  });
  const timer = setTimeout(() => server.kill('SIGQUIT'), limit - Date.now());
  const first = await Promise.race([ready.promise, server.exited]).finally(() =>
    clearTimeout(timer),
  );
  if (first === 'ready') return { kind: 'ready', server };
  const reason = `Postgres ended while starting: ${last.join(' | ')}`;
  const isBusy = /pre-existing shared memory block|lock file ".*" already exists/.test(reason);
  return { kind: isBusy ? 'busy' : 'failed', reason };
}

function serverFlags(folder: string, port: number, durable: 'on' | 'off'): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    // A socket file would be open to every local user and its path is limited to 107 bytes.
    unix_socket_directories: '',
    max_connections: 200,
    lc_messages: 'C',
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...(durable === 'off' ? { fsync: 'off', full_page_writes: 'off' } : {}),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', folder, ...flags];
}
