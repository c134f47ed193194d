import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TurnRing } from './turn-ring.ts';

function serve(ring: TurnRing<string>, times: number, cost: (member: string) => number) {
  const served: string[] = [];
  for (let i = 0; i < times; i++) served.push(ring.next(cost));
  return served;
}

describe('deficit round robin', () => {
  it('takes turns between members that cost the same', () => {
    const ring = new TurnRing<string>(() => 10);
    for (const member of ['a', 'b', 'c']) ring.add(member);
    expect(serve(ring, 6, () => 10)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('gives a member of weight 3 three times as many turns', () => {
    const ring = new TurnRing<string>((member) => (member === 'a' ? 30 : 10));
    ring.add('a');
    ring.add('b');
    expect(serve(ring, 8, () => 10)).toEqual(['a', 'a', 'a', 'b', 'a', 'a', 'a', 'b']);
  });

  it('never lets two members that always want more differ by over a quantum and a cost', () => {
    const costs = fc.array(fc.integer({ min: 10, max: 120 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(costs, fc.integer({ min: 1, max: 400 }), (cost, turns) => {
        const ring = new TurnRing<number>(() => 10);
        cost.forEach((_, member) => ring.add(member));
        const charged = cost.map(() => 0);
        for (let i = 0; i < turns; i++) {
          const member = ring.next((candidate) => cost[candidate] ?? 0);
          if (typeof member !== 'number') throw new Error(member);
          charged[member] = (charged[member] ?? 0) + (cost[member] ?? 0);
        }
        const spread = Math.max(...charged) - Math.min(...charged);
        expect(spread).toBeLessThanOrEqual(10 + Math.max(...cost) * 2);
      }),
    );
  });

  it('forgets a member that wants nothing', () => {
    const ring = new TurnRing<string>(() => 10);
    ring.add('a');
    expect(ring.next(() => 'nothing')).toBe('nothing');
    expect(ring.size).toBe(0);
  });

  it('passes over banned members and keeps them', () => {
    const ring = new TurnRing<string>(() => 10);
    for (const member of ['a', 'b', 'c']) ring.add(member);
    const look = (member: string) => (member === 'b' ? 10 : ('banned' as const));
    expect([ring.next(look), ring.next(look)]).toEqual(['b', 'b']);
    expect(ring.next(() => 'banned')).toBe('banned');
    expect(ring.size).toBe(3);
  });
});
