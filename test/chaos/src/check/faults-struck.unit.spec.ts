import { expect, it } from 'vitest';
import type { Fault, Harm } from '../nemesis/fault.ts';
import { faultsStruck } from './faults-struck.ts';

const fault = (harm: Harm): Fault => ({ target: 'nats', harm, strike: async () => 'struck' });
const arsenal = [fault('killed'), fault('stream deleted')];
const struck = Array.from({ length: 20 }, () => ({
  fault: fault('killed'),
  startedAt: 1,
  endedAt: 2,
}));

it('names the fault that never struck, however often its target was harmed', () => {
  expect(faultsStruck(arsenal, struck, 10).violations).toEqual([
    'nats stream deleted struck 0 times',
  ]);
});

it('wants nothing of a run that is shorter than its rounds', () => {
  expect(faultsStruck(arsenal, struck, 3).violations).toEqual([]);
});
