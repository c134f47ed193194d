import { sleep } from './sleep.ts';

export interface RetryOptions {
  /** An abort ends the retries with the signal's reason. */
  signal?: AbortSignal;
  /** Upper bound of the first wait; it doubles each time. Default 50. */
  minMs?: number;
  /** Upper bound of every wait. Default 5,000. */
  maxMs?: number;
  /** Calls of `fn` in all. Default: no limit. */
  attempts?: number;
  /** No new call after so many ms. Default: no limit. */
  withinMs?: number;
  /** Which errors are worth another call. Default: all. */
  retryable?(error: unknown): boolean;
  onFailure?(failure: { error: unknown; attempt: number; waitMs: number }): void;
}

/**
 * Calls `fn` until it succeeds, with exponential back-off and full jitter: each wait is random
 * between 0 and its bound, so replicas that failed together do not come back together.
 */
export async function retry<T>(
  fn: (attempt: number) => T | Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const { signal, attempts = Number.POSITIVE_INFINITY } = options;
  const giveUpAt = performance.now() + (options.withinMs ?? Number.POSITIVE_INFINITY);
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await fn(attempt);
    } catch (error) {
      const waitMs = jitter(attempt, options);
      const late = performance.now() + waitMs > giveUpAt;
      if (late || attempt >= attempts || options.retryable?.(error) === false) throw error;
      options.onFailure?.({ error, attempt, waitMs });
      await sleep(waitMs, signal);
    }
  }
}

function jitter(attempt: number, { minMs = 50, maxMs = 5_000 }: RetryOptions): number {
  const bound = Math.min(maxMs, minMs * 2 ** Math.min(attempt - 1, 30));
  return Math.random() * bound;
}
