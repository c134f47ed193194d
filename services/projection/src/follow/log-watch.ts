import type { LogReader } from '@greencloud/event-log';
import { type Logger, sleep } from '@greencloud/runtime';
import type { Lag } from './lag.ts';

export interface LogWatchOptions {
  readonly reader: Pick<LogReader, 'getLog'>;
  readonly lag: Pick<Lag, 'seen'>;
  readonly logger: Logger;
  /** How long the log may fail before its partitions are left to others. */
  readonly patienceMs?: number | undefined;
}

const everyMs = 1_000;
// After the first ask has failed, which by gRPC takes 5 s: a task-command that only starts again is
// back by then, and leases that everybody leaves and takes again delay the views.
const usualPatienceMs = 5_000;

/** Asks for the heads of all partitions each second: for the lag, and whether the log answers here. */
export class LogWatch {
  readonly #options: LogWatchOptions;
  #failingSince: number | undefined;
  #said: 'answers' | 'away' = 'answers';

  constructor(options: LogWatchOptions) {
    this.#options = options;
  }

  /** `no` where the log has failed for some time: it may answer another replica. */
  canFollow(): 'yes' | 'no' {
    const { patienceMs = usualPatienceMs } = this.#options;
    // From a failure and not from the last answer: a process that stood still is not cut off.
    if (this.#failingSince === undefined) return 'yes';
    return performance.now() - this.#failingSince < patienceMs ? 'yes' : 'no';
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#ask(signal);
      await sleep(everyMs, signal);
    }
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { reader, lag } = this.#options;
    try {
      const { heads } = await reader.getLog(signal);
      lag.seen(heads);
      this.#failingSince = undefined;
      this.#say('answers', undefined);
    } catch (error) {
      if (signal.aborted) return;
      this.#failingSince ??= performance.now();
      if (this.canFollow() === 'no') this.#say('away', error);
    }
  }

  #say(what: 'answers' | 'away', error: unknown): void {
    if (what === this.#said) return;
    this.#said = what;
    const { logger } = this.#options;
    if (what === 'answers') logger.info('the log answers again');
    else logger.warn({ err: error }, 'the log does not answer: partitions are left to others');
  }
}
