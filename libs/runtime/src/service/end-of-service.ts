import process from 'node:process';
import closeWithGrace from 'close-with-grace';
import type { Logger } from '../log/logger.ts';

export interface EndCause {
  readonly cause: string;
  readonly error?: unknown;
}

export interface EndOptions {
  logger: Logger;
  limitMs: number;
  stopAll: (cause: EndCause) => Promise<'clean' | 'failed'>;
}

/**
 * Calls `stopAll` once at the first end there is: a signal, the parent's end, an uncaught error,
 * or the returned function; exits afterwards, and at the limit in any case.
 */
export function onEnd({ logger, limitMs, stopAll }: EndOptions): (cause: EndCause) => void {
  let first: EndCause | undefined;
  const closer = closeWithGrace(
    {
      delay: limitMs,
      logger: false,
      skip: ['SIGINT', 'SIGTERM'],
      onTimeout: () => logger.fatal({ limitMs }, 'not stopped within the limit, exiting'),
      onSecondError: (error) => logger.fatal({ err: error }, 'an error while stopping, exiting'),
    },
    async ({ err, signal }) => {
      first ??= err === undefined ? { cause: signal ?? 'nothing to do' } : uncaught(err);
      if ((await stopAll(first)) === 'failed') throw new Error('stopped after an error');
    },
  );
  const end = (cause: EndCause) => {
    if (first !== undefined) return;
    first = cause;
    closer.close();
  };
  listenForTheEnd(end);
  return end;
}

// Not left to close-with-grace, which exits at a second signal: Ctrl-C reaches the whole process
// group, and a supervisor's SIGTERM right after it must not cut the drain short.
function listenForTheEnd(end: (cause: EndCause) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => end({ cause: signal }));
  }
  if (process.send !== undefined) process.on('disconnect', () => end({ cause: 'parent gone' }));
}

function uncaught(error: Error): EndCause {
  return { cause: 'uncaught error', error };
}
