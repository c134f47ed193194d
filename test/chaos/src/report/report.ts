import type { ChaosResult } from '../run.ts';

/** What a run did and found, as text for people. */
export function reportOf({ operations, struck, ...rest }: ChaosResult): string {
  const calls = operations.map(({ kind, ending }) => `${kind} ${endingName(ending)}`);
  const faults = struck.map(({ fault }) => `${fault.target} ${fault.harm}`);
  const targets = struck.map(({ fault }) => fault.target);
  return [
    `${operations.length} operations, ${rest.tasks} tasks, ${rest.events} events`,
    ...countsOf(calls),
    `${struck.length} faults`,
    ...countsOf(faults),
    'faults by target',
    ...countsOf(targets),
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

function countsOf(names: readonly string[]): string[] {
  const groups = Map.groupBy(names, (name) => name);
  return [...groups]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, all]) => `  ${String(all.length).padStart(6)}  ${name}`);
}
