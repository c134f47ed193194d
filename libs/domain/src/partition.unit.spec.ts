import { describe, expect, it } from 'vitest';
import { partitionOf } from './partition.ts';

describe('the partition of a key', () => {
  // The published test vectors of FNV-1a, 32 bit: a log that exists was written with it.
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('is the FNV-1a hash of "%s", modulo', (key, hash) => {
    expect(partitionOf(key, 2 ** 32)).toBe(hash);
    expect(partitionOf(key, 16)).toBe(hash % 16);
  });

  it('spreads ids that differ in their last digits', () => {
    const ids = Array.from({ length: 1_000 }, (_, n) => n.toString(16).padStart(24, '0'));
    const counts = Map.groupBy(ids, (id) => partitionOf(id, 4));
    expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    for (const { length } of counts.values()) expect(length).toBeGreaterThan(150);
  });
});
