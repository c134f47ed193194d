import type { Outcome } from './outcome.ts';

/** A task as a sandbox gets it. */
export interface LambdaRequest {
  readonly taskId: string;
  readonly attempt: number;
  readonly timeoutMs: number;
  /** '' when there is no payload. */
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Rising, at most about 5 a second. */
  readonly onProgress: (percent: number) => void;
}

export interface ExecutionOptions {
  /** Names this execution in its sandbox. */
  readonly number: number;
  readonly timeoutMs: number;
  readonly onProgress: (percent: number) => void;
  readonly onDeadline: () => void;
}

// The runner sends at most 5 a second; twice that, and some at once after a pause, is no accident.
const PROGRESS_BURST = 10;
const PROGRESS_PER_SECOND = 10;

/** One task in one sandbox, from the request to the outcome: its deadline and its progress. */
export class Execution {
  readonly number: number;
  readonly outcome: Promise<Outcome>;
  readonly #options: ExecutionOptions;
  readonly #startedAt = performance.now();
  readonly #deadline: NodeJS.Timeout;
  readonly #resolve: (outcome: Outcome) => void;
  #verdict: Outcome | undefined;
  #progressMessages = 0;
  #percent = 0;

  constructor(options: ExecutionOptions) {
    this.number = options.number;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.outcome = promise;
    this.#resolve = resolve;
    this.#deadline = setTimeout(options.onDeadline, options.timeoutMs);
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** Rising values are passed on, others are not; too many messages are a flood. */
  progress(percent: number): 'taken' | 'flood' {
    this.#progressMessages += 1;
    const most = PROGRESS_BURST + (PROGRESS_PER_SECOND * this.elapsedMs) / 1_000;
    if (this.#progressMessages > most) return 'flood';
    if (percent <= this.#percent || this.#verdict !== undefined) return 'taken';
    this.#percent = percent;
    this.#options.onProgress(percent);
    return 'taken';
  }

  /** Decides the outcome now; it is told when the sandbox has really stopped. The first one counts. */
  condemn(verdict: Outcome): void {
    clearTimeout(this.#deadline);
    this.#verdict ??= verdict;
  }

  /** The sandbox has stopped working on it. */
  settle(outcome: Outcome): void {
    clearTimeout(this.#deadline);
    this.#resolve(this.#verdict ?? outcome);
  }
}
