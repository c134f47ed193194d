import { setTimeout as sleep } from 'node:timers/promises';
import type { OnLine } from '../process/lines.ts';
import type { PostgresBinaries } from './binaries.ts';
import { postgresEnv } from './cluster.ts';
import type { PostgresIdentity } from './identity.ts';
import type { ServerCommand, ServerProcess } from '../process/server-process.ts';
import { startWhenReady } from '../process/start-when-ready.ts';

export type PostgresServer = {
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  readonly identity: PostgresIdentity;
  readonly port: number;
  readonly durable: 'on' | 'off';
  readonly onLine: OnLine;
};

/** Recovery after a kill replays at most one checkpoint's WAL (1 GB), which is done in seconds. */
const START_LIMIT_MS = 60_000;

/**
 * After `kill -9` of a postmaster its children need a moment to notice, and hold the shared memory
 * until then: a new one refuses to start, so it is tried again.
 */
export async function startPostmaster(server: PostgresServer): Promise<ServerProcess> {
  const limit = Date.now() + START_LIMIT_MS;
  for (;;) {
    const outcome = await startWhenReady(
      commandOf(server),
      'database system is ready to accept connections',
      limit - Date.now(),
    );
    if (outcome.kind === 'ready') return outcome.server;
    if (!isBusy(outcome.lastLines) || Date.now() > limit) {
      throw new Error(`Postgres ended while starting:\n${outcome.lastLines}`);
    }
    await sleep(200);
  }
}

function isBusy(lines: string): boolean {
  return /pre-existing shared memory block|lock file ".*" already exists/.test(lines);
}

function commandOf({ folder, binaries, identity, ...rest }: PostgresServer): ServerCommand {
  const { port, durable, onLine } = rest;
  const flags = ['-D', folder, ...settings(port, durable)];
  const { command, args, ids } = identity.wrap(binaries.postgres, flags);
  const place = { env: postgresEnv(), cwd: '/' };
  return { command, args, identity: ids, ...place, stopSignal: 'SIGINT', onLine };
}

function settings(port: number, durable: 'on' | 'off'): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    // A socket file would be open to every local user, and its path is limited to 107 bytes.
    unix_socket_directories: '',
    max_connections: 200,
    lc_messages: 'C',
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...(durable === 'off' ? { fsync: 'off', full_page_writes: 'off' } : {}),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
