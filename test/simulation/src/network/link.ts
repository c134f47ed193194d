import type { Random } from '../chance/random.ts';

/** A connection, as the link that it goes over may end it. */
export interface Connection {
  cut(): void;
  silent(ms: number): void;
}

/** All that lies between two hosts. */
export class Link {
  readonly wires = new Set<Connection>();
  refusedUntil = 0;
  slowUntil = 0;
  #slowMs = 0;
  /** By the name of the receiver: what is sent there waits. */
  readonly #heldUntil = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Mostly a fraction of a millisecond, now and then much more. */
  latency(random: Random): number {
    const chance = random.unit();
    const extra = this.#now() < this.slowUntil ? random.between(0, this.#slowMs) : 0;
    if (chance < 0.9) return extra + random.between(0.05, 0.6);
    return extra + (chance < 0.995 ? random.between(0.6, 8) : random.between(8, 200));
  }

  slow(untilMs: number, extraMs: number): void {
    this.slowUntil = untilMs;
    this.#slowMs = extraMs;
  }

  hold(receiver: string, untilMs: number): void {
    this.#heldUntil.set(receiver, Math.max(untilMs, this.#heldUntil.get(receiver) ?? 0));
  }

  heldFor(receiver: string, now: number): number {
    return (this.#heldUntil.get(receiver) ?? 0) - now;
  }

  heal(): void {
    this.refusedUntil = 0;
    this.slowUntil = 0;
    this.#heldUntil.clear();
  }
}
