export interface GroupCallsOptions<Item, Answer> {
  /** Answers in the order of the items, and never rejects. */
  readonly call: (items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly onAnswer: (item: Item, answer: Answer) => void;
  readonly maxItems: number;
  /** A single item that is larger goes alone. */
  readonly maxBytes: number;
  readonly sizeOf: (item: Item) => number;
  /** Calls in flight at once. */
  readonly concurrency: number;
}

/**
 * Group commit, as the runtime's Batcher, but answers by one callback for all: a promise for each of
 * some thousand items in flight is what a young generation then has to copy at every collection.
 */
export class GroupCalls<Item, Answer> {
  readonly #options: GroupCallsOptions<Item, Answer>;
  #gathered: Item[] = [];
  #calls = 0;
  #wake: 'none' | 'scheduled' = 'none';
  #onIdle: (() => void) | undefined;

  constructor(options: GroupCallsOptions<Item, Answer>) {
    this.#options = options;
  }

  put(item: Item): void {
    this.#gathered.push(item);
    if (this.#calls < this.#options.concurrency) this.#schedule();
  }

  /** Resolves when everything that was put has its answer. */
  idle(): Promise<void> {
    if (this.#calls === 0 && this.#gathered.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  // A microtask, not a direct call: a loop that puts 100 items makes one call, not 1 + 99.
  #schedule(): void {
    if (this.#wake === 'scheduled') return;
    this.#wake = 'scheduled';
    queueMicrotask(() => {
      this.#wake = 'none';
      this.#fill();
    });
  }

  #fill(): void {
    while (this.#gathered.length > 0 && this.#calls < this.#options.concurrency) {
      void this.#send(this.#gathered.splice(0, this.#length()));
    }
    if (this.#calls === 0) this.#onIdle?.();
  }

  #length(): number {
    const { maxItems, maxBytes, sizeOf } = this.#options;
    let length = 0;
    let bytes = 0;
    for (const item of this.#gathered) {
      bytes += sizeOf(item);
      if (length === maxItems || (length > 0 && bytes > maxBytes)) break;
      length += 1;
    }
    return length;
  }

  async #send(items: readonly Item[]): Promise<void> {
    const { call, onAnswer } = this.#options;
    this.#calls += 1;
    const answers = await call(items);
    this.#calls -= 1;
    // The next call is on its way while these answers are dealt with.
    this.#fill();
    items.forEach((item, index) => onAnswer(item, answers[index] as Answer));
  }
}
