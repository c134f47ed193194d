import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freePort, type ServerCommand, startWhenReady } from '@greencloud/embedded';
import { temporaryFolder } from '@greencloud/testing';

const run = promisify(execFile);

/** Throws one plain error where BullMQ cannot be measured. Asked for before anything starts. */
export async function requireRedis(path: string): Promise<void> {
  try {
    await run('redis-server', ['--version'], { env: { PATH: path } });
  } catch (error) {
    const hint = 'Install it (Debian: apt-get install redis-server), or name the others by --only.';
    throw new Error(`BullMQ needs redis-server, which is not on PATH. ${hint}`, { cause: error });
  }
}

export type RedisServer = AsyncDisposable & { readonly pid: number; readonly url: string };

/** Starts a redis-server on loopback, on a folder that goes with it. */
export async function startRedis(path: string): Promise<RedisServer> {
  await using starting = new AsyncDisposableStack();
  const folder = await temporaryFolder('bench-redis');
  starting.defer(() => folder.remove());
  const port = await freePort();
  const command = commandOf(path, folder.path, port);
  const outcome = await startWhenReady(command, 'Ready to accept connections', 10_000);
  if (outcome.kind === 'ended') throw new Error(`redis-server ended:\n${outcome.lastLines}`);
  starting.defer(() => outcome.server.stop());

  const started = starting.move();
  return {
    pid: outcome.server.pid,
    url: `redis://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

function commandOf(path: string, folder: string, port: number): ServerCommand {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    // Usual with BullMQ: a crash may lose the last second of accepted tasks. Ours may lose none.
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
  };
  return {
    command: 'redis-server',
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    env: { PATH: path },
    cwd: folder,
    stopSignal: 'SIGTERM',
    onLine: () => undefined,
  };
}
