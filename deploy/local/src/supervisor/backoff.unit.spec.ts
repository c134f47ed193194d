import { expect, it } from 'vitest';
import { createBackoff } from './backoff.ts';

it('starts again at once, then waits longer and longer up to 5 s', () => {
  const backoff = createBackoff();
  const delays = Array.from({ length: 9 }, () => backoff.delayAfter(50));
  expect(delays).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

it('starts at once again after a process has lived for 10 s', () => {
  const backoff = createBackoff();
  backoff.delayAfter(50);
  backoff.delayAfter(50);
  expect(backoff.delayAfter(10_000)).toBe(0);
  expect(backoff.delayAfter(50)).toBe(100);
});
