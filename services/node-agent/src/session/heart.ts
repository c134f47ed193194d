/** Beats, and knows when an answered beat was sent. */
export class Heart {
  readonly #send: (sequence: bigint) => void;
  readonly #sentAt = new Map<bigint, number>();
  #sequence = 0n;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (sequence: bigint) => void) {
    this.#send = send;
  }

  start(intervalMs: number): void {
    this.#timer = setInterval(() => this.#beat(), intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** When the answered beat was sent; undefined for one that was answered before. */
  answered(sequence: bigint): number | undefined {
    const sentAt = this.#sentAt.get(sequence);
    for (const older of this.#sentAt.keys()) {
      if (older <= sequence) this.#sentAt.delete(older);
    }
    return sentAt;
  }

  #beat(): void {
    this.#sequence += 1n;
    this.#sentAt.set(this.#sequence, performance.now());
    this.#send(this.#sequence);
  }
}
