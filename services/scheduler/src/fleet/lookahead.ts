/**
 * quick      ended so soon that a task behind it hardly waited
 * slow       whatever stood behind it would have waited
 * returned   stood behind others for too long
 */
export type AttemptPace = 'quick' | 'slow' | 'returned';

const quickMs = 100;
const pauseMs = 1_000;

export function paceOf(tookMs: number): AttemptPace {
  return tookMs <= quickMs ? 'quick' : 'slow';
}

/**
 * How many tasks a node may be given beyond its slots. With slots alone each of them waits for a
 * commit and two hops after every task: 8 slots made 230 no-op tasks/s on a machine that can do
 * several times as many. One more with each task that ended quickly, half as many after a slow
 * one: as TCP finds its window. So long tasks are never given to a node that has no slot for them,
 * but for the first few after a change, which it returns.
 */
export class Lookahead {
  #tasks = 0;
  #notedAt = 0;

  get tasks(): number {
    return this.#tasks;
  }

  restart(): void {
    this.#tasks = 0;
  }

  /** After a pause the next tasks may be of another kind than the last. */
  resume(uptime: number): void {
    if (uptime - this.#notedAt > pauseMs) this.restart();
  }

  note(pace: AttemptPace, { most, uptime }: { most: number; uptime: number }): void {
    this.#notedAt = uptime;
    if (pace === 'quick') this.#tasks = Math.min(most, this.#tasks + 1);
    else this.#tasks = pace === 'slow' ? Math.floor(this.#tasks / 2) : 0;
  }
}
