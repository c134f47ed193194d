import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort } from '../process/free-ports.ts';
import { ignore, type OnLine } from '../process/lines.ts';
import { type NatsUser, writeNatsConfig } from './config.ts';
import { endLeftOver } from '../process/process-table.ts';
import type { ServerCommand, ServerProcess } from '../process/server-process.ts';
import { startWhenReady } from '../process/start-when-ready.ts';

export type NatsOptions = {
  /** Path of the program, from `findNatsServer`. */
  readonly command: string;
  /** Holds JetStream's files. Made when missing; starting again keeps every stream. */
  readonly storeDir: string;
  /** Loopback port; a free one when left out. */
  readonly port?: number;
  /** Who may log in; without it everybody on this machine may do everything. */
  readonly users?: readonly NatsUser[];
  /** PEM files of its certificate: it then takes clients with TLS only. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** Says what is being done beyond a plain start. */
  readonly onStep?: OnLine;
  /** Every line of the server's log. */
  readonly onLine?: OnLine;
};

export type Nats = ServerProcess & {
  readonly port: number;
  /** `nats://127.0.0.1:<port>`, or `tls:`, without a login. */
  readonly url: string;
};

const START_LIMIT_MS = 30_000;

/**
 * Starts a real nats-server with JetStream on loopback and resolves when it takes clients. A
 * server of an earlier run on the same folder is ended first.
 */
export async function startNats(options: NatsOptions): Promise<Nats> {
  const { command, onStep = ignore, onLine = ignore } = options;
  const storeDir = resolve(options.storeDir);
  await mkdir(storeDir, { recursive: true, mode: 0o700 });
  await endEarlierServer(storeDir, onStep);
  const port = options.port ?? (await freePort());
  const config = [...(await configOf(storeDir, options.users)), ...tlsOf(options.tls)];
  const outcome = await startWhenReady(
    commandOf(command, storeDir, port, config, onLine),
    'Server is ready',
    START_LIMIT_MS,
  );
  if (outcome.kind === 'ready') {
    const scheme = options.tls === undefined ? 'nats' : 'tls';
    return { ...outcome.server, port, url: `${scheme}://127.0.0.1:${port}` };
  }
  throw new Error(`nats-server ended while starting:\n${outcome.lastLines}`);
}

async function configOf(
  storeDir: string,
  users: readonly NatsUser[] | undefined,
): Promise<string[]> {
  if (users === undefined) return [];
  const file = join(storeDir, 'nats-server.conf');
  await writeNatsConfig(file, users);
  return ['--config', file];
}

function tlsOf(tls: NatsOptions['tls']): string[] {
  return tls === undefined ? [] : ['--tls', '--tlscert', tls.certFile, '--tlskey', tls.keyFile];
}

function commandOf(
  command: string,
  storeDir: string,
  port: number,
  config: readonly string[],
  onLine: OnLine,
): ServerCommand {
  const listen = ['--addr', '127.0.0.1', '--port', String(port)];
  const store = ['--jetstream', '--store_dir', storeDir, '--pid', pidFile(storeDir)];
  const args = [...listen, ...store, ...config];
  return { command, args, env: {}, cwd: storeDir, stopSignal: 'SIGTERM', onLine };
}

async function endEarlierServer(storeDir: string, onStep: OnLine): Promise<void> {
  const pid = Number.parseInt(await readFile(pidFile(storeDir), 'utf8').catch(() => ''), 10);
  if (!Number.isInteger(pid) || pid <= 1) return;
  const end = await endLeftOver(pid, ['nats-server', storeDir], 'SIGTERM');
  if (end === 'ended') onStep(`ended a left-over nats-server of this folder (pid ${pid})`);
}

function pidFile(storeDir: string): string {
  return join(storeDir, 'nats-server.pid');
}
