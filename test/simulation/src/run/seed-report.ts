import type { TaskOutcome } from '@greencloud/domain';
import type { Outcome } from '../simulate.ts';

/** What is left of a run when it crosses to another process. */
export interface SeedReport {
  readonly seed: number;
  readonly hash: string;
  readonly violations: Outcome['violations'];
  readonly checked: readonly (readonly [string, number])[];
  readonly faults: readonly (readonly [string, number])[];
  readonly outcomes: readonly (readonly [TaskOutcome, number])[];
  readonly steps: number;
  readonly tasks: number;
  readonly events: number;
  readonly ms: number;
  readonly healingMs: number;
}

export function reportOf({ checked, faults, outcomes, ...outcome }: Outcome): SeedReport {
  return { ...outcome, checked: [...checked], faults: [...faults], outcomes: [...outcomes] };
}
