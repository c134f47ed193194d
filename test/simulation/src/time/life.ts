import type { Random } from '../chance/random.ts';

/** One thing that happens at one moment to one process. */
export interface Step {
  at: number;
  order: number;
  readonly life: Life;
  readonly what: string;
  /** A frozen process gets these in an order of its own when it goes on. */
  readonly kind: 'timer' | 'message';
  /** Undefined when it was called off. */
  act: (() => void) | undefined;
}

/**
 * One life of one process, from its start to its end. What it has planned, asked and been promised
 * dies with it; a replica that starts again is another life of the same name.
 */
export class Life {
  readonly name: string;
  readonly nth: number;
  readonly startedAt: number;
  readonly random: Random;
  /** How far its wall clock is from the true one. */
  readonly skewMs: number;
  state: 'alive' | 'dead' = 'alive';
  frozenUntil = 0;
  /** What came while it was frozen. */
  readonly missed: Step[] = [];
  /** Steps that it may still make: a kill between any two of them. */
  stepsLeft = Number.POSITIVE_INFINITY;
  onLastStep: (() => void) | undefined;
  readonly #onDeath = new Set<() => void>();

  constructor(options: {
    name: string;
    nth: number;
    startedAt: number;
    random: Random;
    skewMs: number;
  }) {
    this.name = options.name;
    this.nth = options.nth;
    this.startedAt = options.startedAt;
    this.random = options.random;
    this.skewMs = options.skewMs;
  }

  /** Told at once to whoever is at the other end of something; the returned function forgets it. */
  whenDead(listener: () => void): () => void {
    this.#onDeath.add(listener);
    return () => void this.#onDeath.delete(listener);
  }

  end(): void {
    if (this.state === 'dead') return;
    this.state = 'dead';
    for (const listener of this.#onDeath) listener();
    this.#onDeath.clear();
  }
}
