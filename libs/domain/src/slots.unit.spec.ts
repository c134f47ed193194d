import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitsOfSlot, unitsTaken } from './slots.ts';

const node = { memSize: 6_144, slots: 8 };

describe('the slots that a task takes', () => {
  it.each([
    ['one without a demand', 0, 1],
    ['one up to the share of a slot', 768, 1],
    ['as many as its memory is worth', 1_152, 1.5],
    ['a third of all for a third of the memory', 2_048, 8 / 3],
    ['all for all of the memory', 6_144, 8],
  ])('are %s', (_, memSize, slots) => {
    expect(unitsTaken(memSize, node) / unitsOfSlot(node)).toBe(slots);
  });

  it('never add up to more memory than the node has; one task takes all of them at most', () => {
    const size = fc.integer({ min: 0, max: 10_000 });
    const slots = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(size, slots, fc.array(size), (memSize, count, demands) => {
        const of = { memSize, slots: count };
        const all = count * unitsOfSlot(of);
        let [taken, used] = [0, 0];
        for (const demand of demands.filter((each) => each <= memSize)) {
          expect(unitsTaken(demand, of)).toBeLessThanOrEqual(all);
          if (taken + unitsTaken(demand, of) > all) continue;
          taken += unitsTaken(demand, of);
          used += demand;
        }
        expect(used).toBeLessThanOrEqual(memSize);
      }),
    );
  });
});
