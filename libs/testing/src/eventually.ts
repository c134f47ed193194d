import { setTimeout as sleep } from 'node:timers/promises';

export type EventuallyOptions = {
  /** Default 10,000. */
  readonly timeoutMs?: number;
  /** Pause between two looks; default 20. */
  readonly everyMs?: number;
};

/**
 * Calls `check` until it neither throws nor answers `false`, and gives its answer. At the limit
 * it throws what `check` threw last, so that the failed expectation is what one reads.
 */
export async function eventually<T>(
  check: () => T | false | Promise<T | false>,
  { timeoutMs = 10_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const limit = Date.now() + timeoutMs;
  for (;;) {
    const look = await lookOnce(check);
    if (look.kind === 'seen') return look.value;
    if (Date.now() >= limit) throw look.error;
    await sleep(everyMs);
  }
}

type Look<T> = { kind: 'seen'; value: T } | { kind: 'not-yet'; error: unknown };

async function lookOnce<T>(check: () => T | false | Promise<T | false>): Promise<Look<T>> {
  try {
    const value = await check();
    if (value !== false) return { kind: 'seen', value };
    return { kind: 'not-yet', error: new Error('the condition stayed false to the limit') };
  } catch (error) {
    return { kind: 'not-yet', error };
  }
}
