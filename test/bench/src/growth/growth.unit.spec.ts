import { describe, expect, it } from 'vitest';
import { judge } from './growth-table.ts';
import { readGrowthOptions } from './options.ts';

describe('growth', () => {
  it('looks at 100,000 waiting and 1,000,000 finished tasks unless told otherwise', () => {
    const sizes = { waiting: 100_000, finished: 1_000_000, tasks: 5_000, warm: 2_000 };
    expect(readGrowthOptions([])).toEqual({ ...sizes, check: 'off', output: 'tables' });
  });

  it('refuses what is no size and says how it is used', () => {
    expect(() => readGrowthOptions(['--waiting', 'few'])).toThrow('npm run bench:growth');
  });

  it.each([
    ['acceptedPerSecond', 0.81, 'met'],
    ['acceptedPerSecond', 0.79, 'missed'],
    ['acceptedPerSecond', 1.5, 'met'],
    ['acceptP99Ms', 1.19, 'met'],
    ['acceptP99Ms', 1.21, 'missed'],
    ['acceptP99Ms', 0.5, 'met'],
  ] as const)('judges %s at %d of the empty system as %s', (name, ratio, verdict) => {
    expect(judge(name, ratio)).toBe(verdict);
  });
});
