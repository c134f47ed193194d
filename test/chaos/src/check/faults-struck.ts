import type { Fault } from '../nemesis/fault.ts';
import type { Struck } from '../nemesis/nemesis.ts';
import { type Finding, inspect, unless } from './finding.ts';

/** A round of all faults takes some three minutes; one that misses again and again is none. */
const ENOUGH_MINUTES = 10;

/** Of each kind, and not only of each target: what never strikes has shown nothing. */
export function faultsStruck(
  faults: readonly Fault[],
  struck: readonly Struck[],
  minutes: number,
): Finding {
  const least = minutes >= ENOUGH_MINUTES ? 1 : 0;
  return inspect(`each fault struck at least ${least} times`, faults, ({ target, harm }) => {
    const times = struck.filter(
      ({ fault }) => fault.target === target && fault.harm === harm,
    ).length;
    return unless(times >= least, () => `${target} ${harm} struck ${times} times`);
  });
}
