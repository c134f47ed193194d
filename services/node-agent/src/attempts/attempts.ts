import { type Slots, type TaskId, unitsOfSlot, unitsTaken } from '@greencloud/domain';
import { drained, type Ending, refused, returned } from './ending.ts';
import type { Assignment, AttemptKey, ReportBody } from './messages.ts';
import { RunningAttempt } from './running-attempt.ts';

export interface AttemptsOptions {
  readonly slots: Slots;
  /** Taken beyond the slots: they wait for the sandbox of another. */
  readonly lookahead: number;
  /** Whether this tenant's code may run here, isolated as it is. */
  readonly accepts: (assignment: Assignment) => boolean;
  readonly execute: (attempt: RunningAttempt) => Promise<Ending | undefined>;
  /** Whether its end is reported and only not acknowledged yet. */
  readonly hasEnded: (key: AttemptKey) => boolean;
  readonly report: (key: AttemptKey, body: ReportBody) => void;
  /** Takes back what was reported and not acknowledged. */
  readonly forget: (key: AttemptKey) => void;
  readonly onEnd: (assignment: Assignment, ending: Ending) => void;
}

// Long enough for a burst of short tasks, too short for anybody to wonder where a task is.
const RETURN_AFTER_MS = 500;

/**
 * All attempts that this node has now: at most one for each task, in at most `slots` slots and the
 * lookahead, of which those are given back that could not begin in time.
 */
export class Attempts {
  readonly #options: AttemptsOptions;
  readonly #attempts = new Map<TaskId, RunningAttempt>();
  /** Of the slots, as the scheduler counts them. */
  #units = 0;
  #state: 'taking' | 'draining' = 'taking';
  #idle: (() => void)[] = [];
  #returns: NodeJS.Timeout | undefined;

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#attempts.size;
  }

  keys(): AttemptKey[] {
    return [...this.#attempts.values()].map(({ assignment: { taskId, attempt } }) => ({
      taskId,
      attempt,
    }));
  }

  /** An attempt that is here already is not begun again; an older one of the same task is stopped. */
  assign(assignment: Assignment): void {
    if (this.#options.hasEnded(assignment)) return;
    const present = this.#attempts.get(assignment.taskId);
    if (present !== undefined) {
      if (present.assignment.attempt >= assignment.attempt) return;
      this.fence(present.assignment);
    }
    const refusal = this.#refusalOf(assignment);
    if (refusal !== undefined) return this.#options.report(assignment, refusal);
    const attempt = new RunningAttempt(assignment);
    this.#attempts.set(assignment.taskId, attempt);
    this.#units += this.#unitsOf(attempt);
    this.#options.report(assignment, { kind: 'accepted' });
    if (this.#beyondSlots > 0) this.#returnLater();
    void this.#run(attempt);
  }

  /** The log has its end already: it is stopped, and no word more of it. */
  cancel(key: AttemptKey): void {
    this.#stop(key, 'politely');
  }

  /** No longer ours. Also what it reported before is not sent again. */
  fence(key: AttemptKey): void {
    this.#stop(key, 'at once');
  }

  /** Ends of attempts are kept: the log decides whether they still count. */
  fenceRunning(): AttemptKey[] {
    const keys = this.keys();
    for (const key of keys) this.fence(key);
    return keys;
  }

  /** Takes nothing more, and gives back what does not run yet. */
  beginDrain(): void {
    this.#state = 'draining';
    for (const attempt of this.#attempts.values()) {
      if (attempt.state === 'preparing') this.#giveBack(attempt, drained);
    }
  }

  /** Gives back what still runs. */
  endDrain(): void {
    for (const attempt of this.#attempts.values()) this.#giveBack(attempt, drained);
  }

  /** Resolves when nothing is left. */
  whenIdle(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #refusalOf(assignment: Assignment): Ending | undefined {
    if (this.#state === 'draining') return drained;
    const { lookahead, slots } = this.#options;
    if (this.#beyondSlots >= lookahead * unitsOfSlot(slots)) return refused;
    return this.#options.accepts(assignment) ? undefined : refused;
  }

  async #run(attempt: RunningAttempt): Promise<void> {
    const ending = await this.#options.execute(attempt);
    if (attempt.state === 'stopped' || ending === undefined) return;
    this.#end(attempt, ending);
  }

  /** In units. */
  get #beyondSlots(): number {
    const { slots } = this.#options;
    return this.#units - slots.slots * unitsOfSlot(slots);
  }

  /**
   * When the first of those beyond the slots has waited long enough. A timer counts from the
   * beginning of its turn and may fire some milliseconds early: then the rest is waited for.
   */
  #returnLater(): void {
    if (this.#returns !== undefined) return;
    const [first] = this.#waitingBeyondSlots();
    const due = (first?.takenAt ?? performance.now()) + RETURN_AFTER_MS;
    const wait = Math.max(1, Math.ceil(due - performance.now()));
    this.#returns = setTimeout(() => this.#returnOld(), wait).unref();
  }

  #returnOld(): void {
    this.#returns = undefined;
    const before = performance.now() - RETURN_AFTER_MS;
    const old = this.#waitingBeyondSlots().filter(({ takenAt }) => takenAt <= before);
    for (const attempt of old) this.#giveBack(attempt, returned);
    if (this.#beyondSlots > 0) this.#returnLater();
  }

  /** The last ones: the others are the next to get a sandbox. */
  #waitingBeyondSlots(): RunningAttempt[] {
    const waiting = [...this.#attempts.values()].filter(({ state }) => state === 'preparing');
    let beyond = this.#beyondSlots;
    let first = waiting.length;
    for (; beyond > 0 && first > 0; first -= 1) beyond -= this.#unitsOf(waiting[first - 1]);
    return waiting.slice(first);
  }

  #unitsOf(attempt: RunningAttempt | undefined): number {
    return attempt === undefined ? 0 : unitsTaken(attempt.assignment.memSize, this.#options.slots);
  }

  #giveBack(attempt: RunningAttempt, ending: Ending): void {
    attempt.stop('at once');
    this.#end(attempt, ending);
  }

  #end(attempt: RunningAttempt, ending: Ending): void {
    this.#remove(attempt);
    this.#options.report(attempt.assignment, ending);
    this.#options.onEnd(attempt.assignment, ending);
  }

  #stop(key: AttemptKey, how: 'politely' | 'at once'): void {
    this.#options.forget(key);
    const attempt = this.#attempts.get(key.taskId);
    if (attempt?.is(key) !== true) return;
    attempt.stop(how);
    this.#remove(attempt);
  }

  #remove(attempt: RunningAttempt): void {
    this.#attempts.delete(attempt.assignment.taskId);
    this.#units -= this.#unitsOf(attempt);
    if (this.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
