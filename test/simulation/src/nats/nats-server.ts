import { MemoryNats } from '@greencloud/bus/testing';
import type { Network } from '../network/network.ts';
import type { Life } from '../time/life.ts';
import type { World } from '../time/world.ts';

export const natsName = 'nats';

/** The one nats-server: its streams are on a disk, which may be lost. */
export class NatsServer {
  readonly #world: World;
  readonly #network: Network;
  readonly nats: MemoryNats;
  #life: Life;

  constructor(world: World, network: Network) {
    this.#world = world;
    this.#network = network;
    this.nats = new MemoryNats(() => world.now);
    this.#life = this.#begin();
  }

  get life(): Life {
    return this.#life;
  }

  crash(): void {
    this.#life.end();
    this.nats.restart();
  }

  restart(): void {
    this.crash();
    this.#life = this.#begin();
  }

  #begin(): Life {
    const life = this.#world.begin(natsName);
    this.#network.listen(life);
    return life;
  }
}
