import { targets } from '../nemesis/fault.ts';
import type { Struck } from '../nemesis/nemesis.ts';
import { type Finding, inspect, unless } from './finding.ts';

const ENOUGH = 10;

/**
 * A run that has harmed too little has shown nothing. Some 30 faults strike in a minute; a
 * roll holds up half of them for most of one, so short runs are asked for one in two minutes.
 */
export function targetsHarmed(struck: readonly Struck[], minutes: number): Finding {
  const least = Math.min(ENOUGH, Math.floor(minutes / 2));
  return inspect(`each target was harmed at least ${least} times`, targets, (target) => {
    const times = struck.filter(({ fault }) => fault.target === target).length;
    return unless(times >= least, () => `${target} was harmed ${times} times`);
  });
}
