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
    const sorted = this.#taken.toSorted((a, b) => a - b);
    const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
    return { count: sorted.length, p50Ms: at(0.5) ?? 0, p99Ms: at(0.99) ?? 0 };
  }
}
