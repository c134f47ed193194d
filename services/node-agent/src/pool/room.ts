export interface RoomLimits {
  readonly sandboxes: number;
  /** What the lambdas of all sandboxes may use together; Node itself takes 40 MiB more for each. */
  readonly memoryMib: number;
}

/** Counts how many sandboxes there are and what memory they may take; says when there is no more. */
export class Room {
  readonly #limits: RoomLimits;
  #sandboxes = 0;
  #memoryMib = 0;

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  get sandboxes(): number {
    return this.#sandboxes;
  }

  /** Whether a sandbox of this size could ever run here, with everything else gone. */
  fitsAlone(memoryMib: number): boolean {
    return memoryMib <= this.#limits.memoryMib;
  }

  has(memoryMib: number): 'room' | 'full' {
    const memory = this.#memoryMib + memoryMib;
    if (this.#sandboxes >= this.#limits.sandboxes || memory > this.#limits.memoryMib) return 'full';
    return 'room';
  }

  take(memoryMib: number): 'taken' | 'full' {
    if (this.has(memoryMib) === 'full') return 'full';
    this.#sandboxes += 1;
    this.#memoryMib += memoryMib;
    return 'taken';
  }

  giveBack(memoryMib: number): void {
    this.#sandboxes -= 1;
    this.#memoryMib -= memoryMib;
  }
}
