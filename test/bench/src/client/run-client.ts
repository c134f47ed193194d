import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClientMessage, LoadJob, LoadResult, Phase } from './job.ts';

const ENTRY = fileURLToPath(new URL('main.ts', import.meta.url));

export type Client = AsyncDisposable & {
  readonly pid: number;
  /** Drives the load to its end. Rejects with the client's reason, or at the abort. */
  run(job: LoadJob, onPhase: (phase: Phase) => void): Promise<LoadResult>;
};

/** Starts the client's process, which then waits for its job. */
export async function startClient(signal: AbortSignal): Promise<Client> {
  const child = fork(ENTRY, { execArgv: ['--conditions=@greencloud/source'], env: {} });
  await once(child, 'spawn');
  const ended = once(child, 'exit');
  const kill = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });

  const run: Client['run'] = (job, onPhase) => {
    const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
    child.on('message', (message: ClientMessage) => {
      if (message.type === 'result') resolve(message.result);
      if (message.type === 'failed') reject(new Error(message.reason));
      if (message.type === 'phase') {
        try {
          onPhase(message.phase);
          child.send('go');
        } catch (error) {
          reject(error);
        }
      }
    });
    child.once('exit', () => reject(new Error('the client ended before its load was done')));
    child.send(job);
    return promise;
  };

  return {
    pid: child.pid ?? 0,
    run,
    [Symbol.asyncDispose]: async () => {
      signal.removeEventListener('abort', kill);
      kill();
      await ended;
    },
  };
}
