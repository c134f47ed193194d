import type { Life } from '../time/life.ts';
import type { House, Running } from './house.ts';

const stopLimitMs = 8_000;

/** One name under the supervisor: its lives follow one another. */
export class Replica<R extends Running = Running> {
  readonly name: string;
  readonly #house: House;
  readonly #start: (life: Life) => Promise<R>;
  readonly #skewMs: number;
  #life: Life | undefined;
  #running: R | undefined;

  constructor(house: House, name: string, start: (life: Life) => Promise<R>) {
    this.name = name;
    this.#house = house;
    this.#start = start;
    this.#skewMs = house.world.random.between(-1_000, 1_000);
  }

  get life(): Life | undefined {
    return this.#life;
  }

  /** Undefined until it is ready, and when it is down. */
  get running(): R | undefined {
    return this.#running;
  }

  start(): void {
    const { world } = this.#house;
    if (this.#life?.state === 'alive') return;
    const life = world.begin(this.name, this.#skewMs);
    this.#life = life;
    this.#house.note(this.name, () => `starts, life ${life.nth}`);
    world.plan(life, world.random.between(1, 50), 'start', () => {
      this.#start(life).then(
        (running) => {
          this.#house.ledger.violations.check('no crash', true, () => '');
          if (this.#life === life) this.#running = running;
        },
        (error: unknown) => world.onFault(life, error),
      );
    });
  }

  /** kill -9. */
  kill(): void {
    this.#running = undefined;
    this.#life?.end();
  }

  /** SIGTERM; `ended` when it is gone, at the latest after its limit. */
  terminate(ended: () => void): void {
    const { world } = this.#house;
    const life = this.#life;
    const running = this.#running;
    if (life === undefined || running === undefined) {
      this.kill();
      return ended();
    }
    const end = () => {
      if (this.#life !== life || life.state === 'dead') return;
      this.kill();
      ended();
    };
    world.plan(life, 0, 'SIGTERM', () => void running.stop().finally(end));
    world.plan(world.keeper, stopLimitMs, 'SIGKILL', end);
  }
}
