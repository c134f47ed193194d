import { expect, it } from 'vitest';
import { boundsOf } from './bounds.ts';
import type { Floors } from './floors.ts';
import type { Rate } from './repeat.ts';

const rate = (perSecond: number, p50Ms: number, p99Ms: number): Rate => ({
  perSecond,
  p50Ms,
  p99Ms,
});

const floors: Floors = {
  commit: rate(1_000, 1, 5),
  commit64: rate(2_000, 17, 40),
  batchedCommit: rate(80_000, 2, 9),
  publish: rate(5_000, 0.2, 1),
  publish256: rate(30_000, 7, 15),
  call: rate(3_000, 0.25, 1),
  call64: rate(8_000, 5, 20),
  message: rate(9_000, 0.1, 0.5),
  message64: rate(30_000, 2, 9),
  get: rate(10_000, 0.1, 1),
  get64: rate(13_000, 4, 12),
};

it('lets a task cost one request, one row to be accepted and four events to be finished', () => {
  const bounds = boundsOf(floors);
  expect(bounds.acceptedPerSecond).toBe(13_000);
  expect(bounds.finishedPerSecond).toBe(20_000);
});

it('adds up the way of a single task, and one bad commit for its p99', () => {
  const bounds = boundsOf(floors);
  const way = 2 * 0.1 + 3 * 1 + 2 * 0.2 + 5 * 0.1;
  expect(bounds.seenP50Ms).toBeCloseTo(way);
  expect(bounds.seenP99Ms).toBeCloseTo(way + 4);
});
