import type { SharedStack } from '../shared/running-stack.ts';

/** One line of the report: what was found, and whether it is what we promise. */
export interface Finding {
  readonly what: string;
  readonly found: string | number;
  readonly promised: string;
  readonly kept: boolean;
}

/** A failure on a whole stack of its own, measured. */
export interface Story {
  readonly name: string;
  readonly nodes: number;
  readonly env?: Readonly<Record<string, string>>;
  run(stack: SharedStack): Promise<Finding[]>;
}

export function exactly(what: string, found: number, promised: number): Finding {
  return { what, found, promised: String(promised), kept: found === promised };
}

export function atMost(what: string, found: number, promised: number): Finding {
  const rounded = Math.round(found * 10) / 10;
  return { what, found: rounded, promised: `at most ${promised}`, kept: found <= promised };
}
