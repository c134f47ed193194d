export interface RoomLimits {
  readonly sandboxes: number;
  /** Of all sandboxes together. */
  readonly memoryMib: number;
}

// A Node process that does nothing; what the lambda may use comes on top.
const PROCESS_MIB = 40;

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
    return PROCESS_MIB + memoryMib <= this.#limits.memoryMib;
  }

  has(memoryMib: number): 'room' | 'full' {
    const memory = this.#memoryMib + PROCESS_MIB + memoryMib;
    if (this.#sandboxes >= this.#limits.sandboxes || memory > this.#limits.memoryMib) return 'full';
    return 'room';
  }

  take(memoryMib: number): 'taken' | 'full' {
    if (this.has(memoryMib) === 'full') return 'full';
    this.#sandboxes += 1;
    this.#memoryMib += PROCESS_MIB + memoryMib;
    return 'taken';
  }

  giveBack(memoryMib: number): void {
    this.#sandboxes -= 1;
    this.#memoryMib -= PROCESS_MIB + memoryMib;
  }
}
