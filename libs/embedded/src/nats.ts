import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort } from './free-ports.ts';
import type { OnLine } from './lines.ts';
import { endLeftOver } from './process-table.ts';
import { type ServerProcess, startServer } from './server-process.ts';

export type NatsOptions = {
  /** Path of the program, from `findNatsServer`. */
  readonly command: string;
  /** Holds JetStream's files. Made when missing; starting again keeps every stream. */
  readonly storeDir: string;
  /** Loopback port; a free one when left out. */
  readonly port?: number;
  /** Says what is being done, then every line of the server's log. */
  readonly onLine?: OnLine;
};

export type Nats = ServerProcess & {
  readonly port: number;
  /** `nats://127.0.0.1:<port>`; no login: only this machine reaches it. */
  readonly url: string;
};

const START_LIMIT_MS = 30_000;

/**
 * Starts a real nats-server with JetStream on loopback and resolves when it takes clients. A
 * server of an earlier run on the same folder is ended first.
 */
export async function startNats(options: NatsOptions): Promise<Nats> {
  const onLine = options.onLine ?? (() => undefined);
  const storeDir = resolve(options.storeDir);
  await mkdir(storeDir, { recursive: true, mode: 0o700 });
  await endEarlierServer(storeDir, onLine);
  const port = options.port ?? (await freePort());
  const server = await startUntilReady(options.command, storeDir, port, onLine);
  return { ...server, port, url: `nats://127.0.0.1:${port}` };
}

async function endEarlierServer(storeDir: string, onLine: OnLine): Promise<void> {
  const text = await readFile(pidFile(storeDir), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!Number.isInteger(pid) || pid <= 1) return;
  const end = await endLeftOver(pid, ['nats-server', storeDir], 'SIGTERM');
  if (end === 'ended') onLine(`ended a left-over nats-server of this folder (pid ${pid})`);
}

async function startUntilReady(
  command: string,
  storeDir: string,
  port: number,
  onLine: OnLine,
): Promise<ServerProcess> {
  const last: string[] = [];
  const ready = Promise.withResolvers<'ready'>();
  const server = await startServer({
    command,
    args: [
      ...['--addr', '127.0.0.1', '--port', String(port)],
      ...['--jetstream', '--store_dir', storeDir, '--pid', pidFile(storeDir)],
    ],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    cwd: storeDir,
    stopSignal: 'SIGTERM',
    onLine: (line) => {
      if (last.push(line) > 20) last.shift();
      if (line.includes('Server is ready')) ready.resolve('ready');
      onLine(line);
    },
  });
  const timer = setTimeout(() => server.kill('SIGKILL'), START_LIMIT_MS);
  const first = await Promise.race([ready.promise, server.exited]);
  clearTimeout(timer);
  if (first === 'ready') return server;
  throw new Error(`nats-server ended while starting: ${last.join(' | ')}`);
}

function pidFile(storeDir: string): string {
  return join(storeDir, 'nats-server.pid');
}
