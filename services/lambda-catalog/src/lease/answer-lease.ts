import { sleep } from '@greencloud/runtime';

/** Whether a caller of ResolveLambdas may still use what it was told before a change. */
export type OlderAnswers = 'may be in use' | 'none';

export interface AnswerLease {
  /** For how long a resolved lambda may be used, in ms from the start of the call that asked. */
  readonly freshForMs: number;
  /**
   * To be called when a change has committed: resolves when no answer from before it may be used.
   * Rejects with the reason of the signal, when the change's own call ends before.
   */
  runOut(olderAnswers: OlderAnswers, call: { readonly signal: AbortSignal }): Promise<void>;
}

// Twice the gap between the tasks of a caller who sends twenty a second, and little for somebody
// who waits for a pause.
const usualMs = 100;

// An answer that does not show a change was asked for before the commit, so it runs out before
// commit + lease. The margin is for clocks that do not run alike: kernels correct theirs by at most
// 0.05 %, this allows for 5 %.
const marginOf = (freshForMs: number) => freshForMs / 20;

/** A time lease (Gray and Cheriton, 1989): nobody is told of a change, everybody forgets in time. */
export function createAnswerLease(freshForMs = usualMs): AnswerLease {
  return {
    freshForMs,
    async runOut(olderAnswers, call) {
      if (olderAnswers === 'none') return;
      const over = performance.now() + freshForMs + marginOf(freshForMs);
      // A timer may fire up to 1 ms early.
      for (let rest = over - performance.now(); rest > 0; rest = over - performance.now()) {
        if ((await sleep(rest, call.signal)) === 'aborted') call.signal.throwIfAborted();
      }
    },
  };
}

/** What changes a lambda without code changes no answer: until now it could only be refused. */
export function olderAnswersOf(codeVersion: string | null): OlderAnswers {
  return codeVersion === null ? 'none' : 'may be in use';
}
