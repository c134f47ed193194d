import { expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import type { Fault, Harm, Target } from './fault.ts';
import { roundsOf } from './rounds.ts';

const harms: readonly Harm[] = ['killed', 'terminated', 'paused', 'stalled'];

function faultsOf(target: Target): Fault[] {
  return harms.map((harm) => ({ target, harm, strike: async () => 'struck' }));
}

const faults = [...faultsOf('edge'), ...faultsOf('scheduler'), ...faultsOf('nats')];

function taken(seed: number, count: number): Fault[] {
  const rounds = roundsOf(faults, createRandom(seed));
  return Array.from({ length: count }, () => rounds.next().value);
}

const seeds = Array.from({ length: 100 }, (_, seed) => seed);

it.each([1, 2, 3])('holds every fault once in round %i', (round) => {
  const through = taken(7, round * faults.length);
  const last = through.slice(-faults.length);
  expect(new Set(last)).toEqual(new Set(faults));
});

it('harms each of three targets within the first quarter of each round', () => {
  for (const seed of seeds) {
    const first = taken(seed, faults.length / harms.length);
    expect(new Set(first.map(({ target }) => target)).size, `seed ${seed}`).toBe(3);
  }
});

it('takes another order in each round, the same one for the same seed', () => {
  const both = taken(7, 2 * faults.length);
  expect(both.slice(0, faults.length)).not.toEqual(both.slice(faults.length));
  expect(taken(7, 2 * faults.length)).toEqual(both);
});
