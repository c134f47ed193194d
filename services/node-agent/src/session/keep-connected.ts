import { type Logger, retry, sleep } from '@greencloud/runtime';

export interface KeepConnectedOptions {
  /** Resolves when a session that was welcomed has ended; rejects when there was none. */
  readonly connect: () => Promise<void>;
  readonly logger: Logger;
}

// A scheduler that restarts is back in a second or two, and its nodes should not all ask at once.
const FIRST_WAIT_MS = 200;
const MAX_WAIT_MS = 5_000;

/** One session after the other, until the signal. */
export async function keepConnected(
  { connect, logger }: KeepConnectedOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await retry(connect, {
      signal,
      minMs: FIRST_WAIT_MS,
      maxMs: MAX_WAIT_MS,
      onFailure: ({ error, attempt, waitMs }) =>
        logger.warn({ err: error, attempt, waitMs: Math.round(waitMs) }, 'no session'),
    }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    await sleep(Math.random() * FIRST_WAIT_MS, signal);
  }
}
