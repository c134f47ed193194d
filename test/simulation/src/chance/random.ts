const twoTo32 = 2 ** 32;

/**
 * A seeded generator (sfc32): the same seed gives the same numbers on every machine. `fork` gives a
 * stream of its own, so that one more draw in one place moves nothing in another.
 */
export class Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string) {
    this.#seed = seed;
    this.#a = hashOf(`${seed}/a`);
    this.#b = hashOf(`${seed}/b`);
    this.#c = hashOf(`${seed}/c`);
    for (let round = 0; round < 12; round++) this.#next32();
  }

  fork(name: string): Random {
    return new Random(`${this.#seed}/${name}`);
  }

  /** 0 <= x < 1. */
  unit(): number {
    return this.#next32() / twoTo32;
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.unit() * (max - min + 1));
  }

  between(min: number, max: number): number {
    return min + this.unit() * (max - min);
  }

  happens(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.unit() * values.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }

  /** Each value with the odds beside it. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.unit() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of choices) {
      left -= weight;
      if (left < 0) return value;
    }
    return this.pick(choices)[1];
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.#next32().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  bytes(into: Uint8Array): void {
    for (let index = 0; index < into.length; index++) into[index] = this.#next32() & 0xff;
  }

  uuid(): string {
    const hex = this.hex(32);
    const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
    return [...parts, `a${hex.slice(17, 20)}`, hex.slice(20)].join('-');
  }

  #next32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}

/** FNV-1a, 32 bit. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
