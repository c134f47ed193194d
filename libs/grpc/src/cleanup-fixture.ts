import { afterEach } from 'vitest';

type Close = { close(): unknown };

/** Closes after each test what was opened in it. */
export function closedAfterEach(): <T extends Close>(opened: T) => T {
  const opened: Close[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).toReversed()) await one.close();
  });
  return (one) => {
    opened.push(one);
    return one;
  };
}
