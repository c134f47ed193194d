import type { Topology } from '../processes/topology.ts';
import type { World } from '../time/world.ts';

/**
 * Until when troubles between schedulers and Postgres excuse that a node is taken for lost: there
 * the replicas learn which nodes the others hear. Nothing else is an excuse.
 */
export class Disturbances {
  readonly #world: World;
  readonly #afterMs: number;
  #until = 0;

  constructor(world: World, { limits }: Topology) {
    this.#world = world;
    // Until the last consequence: an orphan is released after one and a half lost periods.
    this.#afterMs = 3 * limits.lostAfterMs;
  }

  note(ms: number): void {
    this.#until = Math.max(this.#until, this.#world.now + ms + this.#afterMs);
  }

  get areOver(): boolean {
    return this.#world.now > this.#until;
  }
}
