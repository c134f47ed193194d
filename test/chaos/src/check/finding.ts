import type { Evidence } from '../history/evidence.ts';

/** What looking for one invariant's violation gave. */
export type Finding = {
  readonly invariant: string;
  /** How many things were looked at: an invariant of nothing holds always. */
  readonly checked: number;
  readonly violations: readonly string[];
};

export type Checker = (evidence: Evidence) => Finding;

/** Looks at each thing; what `look` says against it is a violation. */
export function inspect<T>(
  invariant: string,
  things: Iterable<T>,
  look: (thing: T) => readonly string[],
): Finding {
  const all = [...things];
  return { invariant, checked: all.length, violations: all.flatMap(look) };
}

/** The violation's text where the condition does not hold. */
export function unless(holds: boolean, violation: () => string): readonly string[] {
  return holds ? [] : [violation()];
}
