/** 5 a second and the first at once: each is an event in the log, and a person sees no more. */
const INTERVAL_MS = 200;

/**
 * Sends rising percentages, the last value of each interval. A timer exists only while a value is
 * held back, so a lambda without progress pays nothing.
 */
export class ProgressThrottle {
  /** @type {(percent: number) => void} */ #send;
  #sent = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #latest = 0;
  /** @type {NodeJS.Timeout | undefined} */ #timer;

  /** @param {(percent: number) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** @param {unknown} value */
  report(value) {
    const percent = Math.floor(Math.min(100, Number(value)));
    if (!(percent > this.#latest)) return;
    this.#latest = percent;
    const wait = this.#sentAt + INTERVAL_MS - performance.now();
    if (wait <= 0) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), wait);
  }

  close() {
    clearTimeout(this.#timer);
    this.#latest = 100;
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#latest === this.#sent) return;
    this.#sent = this.#latest;
    this.#sentAt = performance.now();
    this.#send(this.#sent);
  }
}
