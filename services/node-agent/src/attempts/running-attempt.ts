import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Assignment, AttemptKey } from './messages.ts';

/**
 * preparing   its code is fetched, or it waits for a sandbox
 * running     in a sandbox
 * stopped     by us; whatever it still does is not reported
 */
export type AttemptState = 'preparing' | 'running' | 'stopped';

/** One assignment on its way through this node. */
export class RunningAttempt {
  readonly assignment: Assignment;
  readonly takenAt = performance.now();
  #state: AttemptState = 'preparing';
  #sandbox: Sandbox | undefined;
  #startedAt = 0;

  constructor(assignment: Assignment) {
    this.assignment = assignment;
  }

  get state(): AttemptState {
    return this.#state;
  }

  is({ taskId, attempt }: AttemptKey): boolean {
    return this.assignment.taskId === taskId && this.assignment.attempt === attempt;
  }

  /** Of the task's time. It begins with the first execution and goes on over a second one. */
  get remainingMs(): number {
    const elapsed = this.#startedAt === 0 ? 0 : performance.now() - this.#startedAt;
    return this.assignment.timeoutSeconds * 1_000 - elapsed;
  }

  begin(sandbox: Sandbox): 'first' | 'again' {
    const which = this.#startedAt === 0 ? 'first' : 'again';
    if (which === 'first') this.#startedAt = performance.now();
    this.#state = 'running';
    this.#sandbox = sandbox;
    return which;
  }

  /** `politely` gives the lambda a moment to react to its abort signal. */
  stop(how: 'politely' | 'at once'): void {
    this.#state = 'stopped';
    if (how === 'politely') this.#sandbox?.cancel();
    else this.#sandbox?.kill();
  }

  leave(): void {
    this.#sandbox = undefined;
  }
}
