import { describe, expect, it } from 'vitest';
import { median, quantile } from './statistics.ts';

const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

describe('a quantile', () => {
  it('is the value that such a share of the others lies below', () => {
    expect(quantile(hundred, 0.5)).toBe(51);
    expect(quantile(hundred, 0.99)).toBe(100);
    expect(quantile(hundred, 0)).toBe(1);
  });

  it('of one value is that value, whichever is asked for', () => {
    expect([0, 0.5, 1].map((q) => quantile([7], q))).toEqual([7, 7, 7]);
  });

  it('refuses to be one of nothing', () => {
    expect(() => quantile([], 0.5)).toThrow('at least one value');
  });

  it('leaves the values in their order', () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('a median', () => {
  it('is the middle of an odd number of runs, however far off the others are', () => {
    expect(median([9_000, 10, 11])).toBe(11);
  });

  it('is between the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});
