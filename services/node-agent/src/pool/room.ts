export interface RoomLimits {
  /** With code in them; spares do not count. */
  readonly sandboxes: number;
  /** What the lambdas of all sandboxes may use together; Node itself takes 45 MiB more for each. */
  readonly memoryMib: number;
}

/** `bound`: to a tenant and a version. `spare`: to nobody yet. */
export type RoomUse = 'bound' | 'spare';

/** Counts how many sandboxes there are and what memory they may take; says when there is no more. */
export class Room {
  readonly #limits: RoomLimits;
  readonly #count: Record<RoomUse, number> = { bound: 0, spare: 0 };
  #memoryMib = 0;

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  /** Of both kinds. */
  get sandboxes(): number {
    return this.#count.bound + this.#count.spare;
  }

  get memoryMib(): number {
    return this.#memoryMib;
  }

  /** Whether a sandbox of this size could ever run here, with everything else gone. */
  fitsAlone(memoryMib: number): boolean {
    return memoryMib <= this.#limits.memoryMib;
  }

  has(memoryMib: number, use: RoomUse = 'bound'): 'room' | 'full' {
    if (use === 'bound' && this.hasPlace() === 'full') return 'full';
    return this.#memoryMib + memoryMib > this.#limits.memoryMib ? 'full' : 'room';
  }

  /** By number alone: a spare that becomes bound has its memory already. */
  hasPlace(): 'room' | 'full' {
    return this.#count.bound < this.#limits.sandboxes ? 'room' : 'full';
  }

  take(memoryMib: number, use: RoomUse = 'bound'): 'taken' | 'full' {
    if (this.has(memoryMib, use) === 'full') return 'full';
    this.#count[use] += 1;
    this.#memoryMib += memoryMib;
    return 'taken';
  }

  bindSpare(): void {
    this.#count.spare -= 1;
    this.#count.bound += 1;
  }

  giveBack(memoryMib: number, use: RoomUse = 'bound'): void {
    this.#count[use] -= 1;
    this.#memoryMib -= memoryMib;
  }
}
