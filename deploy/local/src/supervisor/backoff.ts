/** How long to wait before a process is started again. */
export type Backoff = { delayAfter(livedMs: number): number };

/** A process that lived this long had come up; what ended it then is a new story. */
const PROVEN_MS = 10_000;
const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** At once the first time, then 100 ms doubling to 5 s, until a process lives for 10 s again. */
export function createBackoff(): Backoff {
  let quickEnds = 0;
  return {
    delayAfter: (livedMs) => {
      if (livedMs >= PROVEN_MS) quickEnds = 0;
      const delay = quickEnds === 0 ? 0 : FIRST_MS * 2 ** (quickEnds - 1);
      quickEnds += 1;
      return Math.min(delay, LONGEST_MS);
    },
  };
}
