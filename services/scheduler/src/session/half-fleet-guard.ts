/**
 * When half of all are silent at once, it is likelier that we are cut off than that they all
 * died: such a verdict is held for one more period, and counts only if it still stands then.
 */
export class HalfFleetGuard {
  readonly #holdMs: number;
  #since: number | undefined;

  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  judge(now: number, silent: number, all: number): 'plausible' | 'held' {
    if (all < smallestFleet || silent * 2 < all) {
      this.#since = undefined;
      return 'plausible';
    }
    this.#since ??= now;
    return now - this.#since < this.#holdMs ? 'held' : 'plausible';
  }
}

// With fewer nodes half of them is one or two, and such a loss is ordinary.
const smallestFleet = 5;
