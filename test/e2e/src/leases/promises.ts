import type { Shot } from './hammer.ts';

/** What a task is issued with, or the code of why none is. */
export type Terms = Refusal | { readonly codeVersion: string; readonly memSize: number };

export type Refusal = 'LAMBDA_PAUSED' | 'LAMBDA_NOT_FOUND';

/** A change by one caller, who makes no other meanwhile; `terms` hold after it. */
export interface Change {
  readonly what: string;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly terms: Terms;
}

export interface Outcome {
  readonly shot: Pick<Shot, 'sentAt' | 'answeredAt'>;
  readonly terms: Terms;
}

/**
 * Shots that do not keep the promise: who sends a task after a change was answered gets the terms
 * of that change, or of a later one that was sent before the shot was answered.
 */
export function brokenPromises(changes: readonly Change[], outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ shot, terms }) => {
    const last = changes.findLastIndex(({ answeredAt }) => answeredAt < shot.sentAt);
    const newest = changes.findLastIndex(({ sentAt }) => sentAt <= shot.answeredAt);
    const allowed = changes.slice(last, newest + 1);
    if (allowed.some((change) => sameTerms(change.terms, terms))) return [];
    const afterMs = (shot.sentAt - (changes[last]?.answeredAt ?? 0)).toFixed(1);
    return [`${afterMs} ms after ${changes[last]?.what}: ${JSON.stringify(terms)}`];
  });
}

function sameTerms(left: Terms, right: Terms): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
