import { describe, expect, it } from 'vitest';
import { growthOf } from './growth.ts';
import { readSoakOptions } from './options.ts';

const every10s = (count: number, rssOf: (minute: number) => number) =>
  Array.from({ length: count }, (_, i) => {
    const minute = i / 6;
    return { minute, rssMb: rssOf(minute), treeRssMb: 0 };
  });

describe('the growth of a process', () => {
  it('is nothing where memory stays', () => {
    const growth = growthOf(every10s(60, () => 200));
    expect(growth).toEqual({ startMb: 200, middleMb: 200, endMb: 200, mostMb: 200, mbPerHour: 0 });
  });

  it('is what a leak adds in an hour', () => {
    const growth = growthOf(every10s(360, (minute) => 100 + minute / 2));
    expect(growth.mbPerHour).toBeCloseTo(30, 6);
    expect(growth.endMb).toBeGreaterThan(growth.middleMb);
  });

  it('leaves out how caches fill in the first half', () => {
    const filling = (minute: number) => 100 + Math.min(minute, 20);
    expect(growthOf(every10s(360, filling)).mbPerHour).toBeCloseTo(0, 6);
  });

  it('can be told of a single look', () => {
    expect(growthOf(every10s(1, () => 50)).mbPerHour).toBe(0);
  });
});

it('soaks for an hour at half the maximum unless told otherwise', () => {
  expect(readSoakOptions([])).toEqual({ minutes: 60, rate: 'half', output: 'tables' });
});

it.each([
  [['--minutes', '0'], '--minutes is a number above 0, not "0"'],
  [['--rate', 'fast'], '--rate is a number above 0, not "fast"'],
])('refuses %j and says how it is used', (args, reason) => {
  expect(() => readSoakOptions(args)).toThrow(reason);
  expect(() => readSoakOptions(args)).toThrow('npm run bench:soak');
});
