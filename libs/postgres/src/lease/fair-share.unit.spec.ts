import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairShare } from './fair-share.ts';

describe('fairShare', () => {
  it('covers all partitions, and shares differ by one at most', () => {
    const replicas = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.nat(64), replicas, (partitions, ids) => {
        const shares = ids.map((id) => fairShare(partitions, ids, id));
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(partitions);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('gives nothing to a replica that is not signed in', () => {
    expect(fairShare(4, ['a', 'b'], 'c')).toBe(0);
  });
});
