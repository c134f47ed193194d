import { expect, it } from 'vitest';
import { type Fault, type Target, targets } from '../nemesis/fault.ts';
import type { Struck } from '../nemesis/nemesis.ts';
import { targetsHarmed } from './targets-harmed.ts';

function struck(target: Target, times: number): Struck[] {
  const fault: Fault = { target, harm: 'killed', strike: async () => 'struck' };
  return Array.from({ length: times }, () => ({ fault, startedAt: 1, endedAt: 2 }));
}

const allOf = (times: number) => targets.flatMap((target) => struck(target, times));

it('wants ten faults on each target in half an hour', () => {
  expect(targetsHarmed(allOf(10), 30).violations).toEqual([]);
  expect(targetsHarmed([...allOf(9), ...struck('all', 50)], 30).violations).toHaveLength(
    targets.length,
  );
});

it('names the target that was left out, however often others were harmed', () => {
  const others = allOf(30).filter(({ fault }) => fault.target !== 'edge');
  expect(targetsHarmed(others, 30).violations).toEqual(['edge was harmed 0 times']);
});

it('wants one in two minutes of a short run', () => {
  expect(targetsHarmed(allOf(2), 5).violations).toEqual([]);
  expect(targetsHarmed(allOf(1), 5).violations).toHaveLength(targets.length);
});
