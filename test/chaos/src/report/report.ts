import { type Fault, targets } from '../nemesis/fault.ts';
import type { ChaosResult } from '../run.ts';

/** What a run did and found, as text for people. */
export function reportOf({ operations, struck, arsenal, ...rest }: ChaosResult): string {
  const calls = operations.map(({ kind, ending }) => `${kind} ${endingName(ending)}`);
  const faults = struck.map(({ fault }) => faultName(fault));
  return [
    `${operations.length} operations, ${rest.tasks} tasks, ${rest.events} events`,
    ...countsOf(calls),
    'tasks by lambda and end',
    ...countsOf(rest.ends),
    `${struck.length} faults`,
    ...countsOf(faults, arsenal.faults.map(faultName)),
    ...arsenal.notRun.map((fault) => `       -  ${faultName(fault)}: NOT RUN, ${fault.whyNot}`),
    'faults by target',
    ...countsOf(
      struck.map(({ fault }) => fault.target),
      targets,
    ),
    `healed in ${(rest.healedMs / 1_000).toFixed(1)} s`,
    'invariants',
    ...rest.findings.map(
      ({ invariant, checked, violations }) =>
        `  ${violations.length === 0 ? 'holds ' : 'BROKEN'} ${String(checked).padStart(7)}  ${invariant}`,
    ),
    ...rest.findings.flatMap(({ invariant, violations }) => firstOf(invariant, violations)),
    rest.stories,
  ].join('\n');
}

/** Enough to begin with; a broken rule is often broken a thousand times. */
const SHOWN = 10;

function firstOf(invariant: string, violations: readonly string[]): string[] {
  if (violations.length === 0) return [];
  const shown = violations.slice(0, SHOWN).map((violation) => `  ${violation}`);
  return [`${violations.length} violations of: ${invariant}`, ...shown];
}

function endingName(ending: { kind: string; why?: string; code?: string }): string {
  return [ending.kind, ending.why ?? ending.code].filter(Boolean).join(' ');
}

function faultName({ target, harm }: Pick<Fault, 'target' | 'harm'>): string {
  return `${target} ${harm}`;
}

/** `awaited` are counted also where there was none. */
function countsOf(names: readonly string[], awaited: readonly string[] = []): string[] {
  const groups = Map.groupBy(names, (name) => name);
  return [...new Set([...names, ...awaited])]
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => `  ${String(groups.get(name)?.length ?? 0).padStart(6)}  ${name}`);
}
