/**
 * Which reports of a session are settled. Reports go to the log side by side, so they are settled
 * out of order; the node is told the last one before which nothing is open.
 */
export class AckWindow {
  readonly #open = new Set<bigint>();
  readonly #settledEarly = new Set<bigint>();
  #last = 0n;
  #upTo = 0n;
  #onIdle: (() => void) | undefined;

  get open(): number {
    return this.#open.size;
  }

  get upTo(): bigint {
    return this.#upTo;
  }

  /** `stale`: a number that does not rise; what it says has been dealt with. */
  begin(sequence: bigint): 'new' | 'stale' {
    if (sequence <= this.#last) return 'stale';
    // The numbers of a session rise by one, but the first need not be 1.
    if (this.#open.size === 0 && this.#settledEarly.size === 0) this.#upTo = sequence - 1n;
    this.#last = sequence;
    this.#open.add(sequence);
    return 'new';
  }

  /** `moved`: there is more to acknowledge than before. */
  settle(sequence: bigint): 'moved' | 'same' {
    if (!this.#open.delete(sequence)) return 'same';
    this.#settledEarly.add(sequence);
    const before = this.#upTo;
    while (this.#settledEarly.delete(this.#upTo + 1n)) this.#upTo += 1n;
    if (this.#open.size === 0) this.#settleAll();
    return this.#upTo > before ? 'moved' : 'same';
  }

  /** Resolves when nothing is open. */
  idle(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  // A node that skips a number must not wait for the acknowledgement of a report it never sent.
  #settleAll(): void {
    this.#settledEarly.clear();
    this.#upTo = this.#last;
    this.#onIdle?.();
  }
}
