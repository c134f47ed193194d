import type { Life, Step } from './life.ts';
import type { World } from './world.ts';

/** What `setTimeout` and `setInterval` answer in a process of the world. */
export class VirtualTimer {
  readonly #world: World;
  readonly #life: Life;
  readonly #ms: number;
  readonly #every: 'once' | 'again';
  readonly #act: () => void;
  #step: Step | undefined;

  constructor(world: World, life: Life, ms: number, every: 'once' | 'again', act: () => void) {
    this.#world = world;
    this.#life = life;
    this.#ms = ms >= 1 ? ms : 1;
    this.#every = every;
    this.#act = act;
    this.#plan();
  }

  clear(): void {
    if (this.#step !== undefined) this.#step.act = undefined;
    this.#step = undefined;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  refresh(): this {
    this.clear();
    this.#plan();
    return this;
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  #plan(): void {
    this.#step = this.#world.planTimer(this.#life, this.#ms + this.#lateness(), () => {
      this.#step = undefined;
      if (this.#every === 'again') this.#plan();
      this.#act();
    });
  }

  /** A timer of Node fires up to a millisecond early, mostly a little late, and sometimes very late. */
  #lateness(): number {
    const { random } = this.#life;
    const chance = random.unit();
    if (chance < 0.05) return -random.between(0, 0.9);
    return chance < 0.99 ? random.between(0, 1) : random.between(0, 30);
  }
}
