import { BatcherClosedError, QueueFullError } from './batch-errors.ts';

export interface BatcherOptions<I, O> {
  /** Answers one result for each item, in order. A result that is an Error rejects that item only. */
  run(items: I[]): Promise<readonly (O | Error)[]>;
  maxItems: number;
  /** A single item that is larger goes alone. */
  maxBytes?: number;
  sizeOf?(item: I): number;
  /** Items that may wait, beside those in flight. */
  maxWaiting: number;
  /** Batches in flight at once; default 1. */
  concurrency?: number;
  /**
   * A further batch begins only when the last one has been in flight for so long: one slow batch
   * then holds up nobody for longer, and quick ones stay large. Default 0: at once.
   */
  patienceMs?: number;
}

export interface Batcher<I, O> {
  /** Rejects with QueueFullError or BatcherClosedError at once, or with what `run` gave. */
  submit(item: I): Promise<O>;
  readonly waiting: number;
  readonly inFlight: number;
  /** Takes nothing more; resolves when everything taken has its result. */
  drain(): Promise<void>;
}

interface Entry<I, O> {
  readonly item: I;
  readonly bytes: number;
  readonly resolve: (result: O) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit without a timer: while a batch is in flight the next one gathers, and the first
 * item of an idle batcher goes in the same tick, with whatever was submitted beside it.
 */
export function createBatcher<I, O>(options: BatcherOptions<I, O>): Batcher<I, O> {
  return new GatheringBatcher(options);
}

class GatheringBatcher<I, O> implements Batcher<I, O> {
  readonly #options: BatcherOptions<I, O>;
  readonly #concurrency: number;
  readonly #queue: Entry<I, O>[] = [];
  readonly #idle: (() => void)[] = [];
  readonly #patienceMs: number;
  #running = 0;
  #lastStart = 0;
  #impatience: NodeJS.Timeout | undefined;
  #inFlight = 0;
  #wake: 'none' | 'scheduled' = 'none';
  #state: 'open' | 'closed' = 'open';

  constructor(options: BatcherOptions<I, O>) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? 1;
    this.#patienceMs = options.patienceMs ?? 0;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  submit(item: I): Promise<O> {
    if (this.#state === 'closed') return Promise.reject(new BatcherClosedError());
    if (this.#queue.length >= this.#options.maxWaiting) return Promise.reject(new QueueFullError());
    const bytes = this.#options.sizeOf?.(item) ?? 0;
    return new Promise<O>((resolve, reject) => {
      this.#queue.push({ item, bytes, resolve, reject });
      if (this.#running < this.#concurrency) this.#schedule();
    });
  }

  drain(): Promise<void> {
    this.#state = 'closed';
    if (this.#running === 0 && this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  // A microtask, not a direct call: a loop that submits 100 items makes one batch, not 1 + 99.
  #schedule(): void {
    if (this.#wake === 'scheduled') return;
    this.#wake = 'scheduled';
    queueMicrotask(() => {
      this.#wake = 'none';
      this.#fill();
    });
  }

  #fill(): void {
    while (this.#queue.length > 0 && this.#mayStart()) {
      void this.#send(this.#queue.splice(0, this.#batchLength()));
    }
    if (this.#queue.length === 0) this.#calmDown();
    if (this.#running > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #calmDown(): void {
    clearTimeout(this.#impatience);
    this.#impatience = undefined;
  }

  #mayStart(): boolean {
    if (this.#running === 0) return true;
    if (this.#running >= this.#concurrency) return false;
    const restMs = this.#lastStart + this.#patienceMs - performance.now();
    if (restMs <= 0) return true;
    this.#impatience ??= setTimeout(() => {
      this.#impatience = undefined;
      this.#fill();
    }, restMs);
    return false;
  }

  #batchLength(): number {
    const { maxItems, maxBytes = Number.POSITIVE_INFINITY } = this.#options;
    let length = 0;
    let bytes = 0;
    for (const entry of this.#queue) {
      bytes += entry.bytes;
      if (length === maxItems || (length > 0 && bytes > maxBytes)) break;
      length += 1;
    }
    return length;
  }

  async #send(batch: Entry<I, O>[]): Promise<void> {
    this.#running += 1;
    if (this.#patienceMs > 0) this.#lastStart = performance.now();
    this.#inFlight += batch.length;
    try {
      settle(batch, await this.#options.run(batch.map((entry) => entry.item)));
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
    this.#running -= 1;
    this.#inFlight -= batch.length;
    this.#fill();
  }
}

function settle<I, O>(batch: Entry<I, O>[], results: readonly (O | Error)[]): void {
  if (results.length !== batch.length) {
    throw new Error(`the batch of ${batch.length} got ${results.length} results`);
  }
  batch.forEach((entry, index) => {
    const result = results[index] as O | Error;
    if (result instanceof Error) entry.reject(result);
    else entry.resolve(result);
  });
}
