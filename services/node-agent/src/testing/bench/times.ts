import { quantile } from '@greencloud/testing';

export interface Figures {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How long an act took, each time. */
export class Times {
  readonly #taken: number[] = [];

  async take(act: () => Promise<void>): Promise<void> {
    const start = performance.now();
    await act();
    this.#taken.push(performance.now() - start);
  }

  figures(): Figures {
    const at = (q: number) => quantile(this.#taken, q);
    return { count: this.#taken.length, p50Ms: at(0.5), p99Ms: at(0.99) };
  }
}
