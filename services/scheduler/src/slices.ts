import type { World } from './world.ts';

// A task costs some microseconds, and the clock a tenth of one and a number on the heap.
const looksPerClock = 8;

/**
 * Does long work in slices, so that streams and heartbeats get their turn in between. By time and
 * not by count: what a task costs differs, above all where the garbage collector comes by.
 */
export class Slices {
  readonly #world: World;
  readonly #ms: number;
  #turn: 'new' | 'begun' = 'new';
  #until = 0;
  #looks = 0;

  /** At most `ms` of one turn of the event loop, however many pieces of work share this. */
  constructor(world: World, ms: number) {
    this.#world = world;
    this.#ms = ms;
  }

  /** What is left is for a later turn: await `next`. */
  get isOver(): boolean {
    if (this.#turn === 'begun') return this.#isTimeUp();
    this.#turn = 'begun';
    this.#until = this.#world.uptime() + this.#ms;
    this.#world.soon(() => {
      this.#turn = 'new';
    });
    return false;
  }

  #isTimeUp(): boolean {
    this.#looks += 1;
    return this.#looks % looksPerClock === 0 && this.#world.uptime() >= this.#until;
  }

  next(): Promise<void> {
    return new Promise((resolve) => this.#world.soon(resolve));
  }
}

/** Of one turn, for what looks at everything from time to time. */
const patientMs = 2;

/** One after the other, in slices. */
export async function inSlices<T>(
  world: World,
  items: Iterable<T>,
  act: (item: T) => void,
): Promise<void> {
  const slices = new Slices(world, patientMs);
  for (const item of items) {
    act(item);
    if (slices.isOver) await slices.next();
  }
}
