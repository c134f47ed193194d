/**
 * How long this node may go on without hearing from the scheduler. Counted from when the answered
 * message was *sent*: that is the latest moment at which the scheduler can have heard from us, so
 * this clock runs out before its own does.
 */
export class Lease {
  readonly #onLost: () => void;
  #validUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param onLost called once each time the lease runs out. */
  constructor(onLost: () => void) {
    this.#onLost = onLost;
  }

  get state(): 'held' | 'lost' {
    return performance.now() < this.#validUntil ? 'held' : 'lost';
  }

  renew(sentAt: number, forMs: number): void {
    this.#validUntil = Math.max(this.#validUntil, sentAt + forMs);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expire(), this.#validUntil - performance.now());
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #expire(): void {
    // Timers may fire up to a millisecond early.
    if (this.state === 'held') this.renew(0, 0);
    else this.#onLost();
  }
}
