import type { Random } from '../chance/random.ts';
import type { House } from '../processes/house.ts';
import type { Replica } from '../processes/replica.ts';
import type { Harm } from './harm.ts';
import { cutLink, holdLink, slowLink } from './network-faults.ts';
import { shutOut } from './owner-faults.ts';
import { freeze, hunt, kill, killBetweenSteps, terminate } from './process-faults.ts';
import { crashServer, freezeServer, harmStream, wipeNats } from './server-faults.ts';
import { type FaultKind, isStanding, type MomentaryFault, type Swarm } from './swarm.ts';

const faults: Readonly<Record<MomentaryFault, (harm: Harm) => void>> = {
  kill,
  'kill between two steps': killBetweenSteps,
  terminate,
  hunt,
  freeze,
  cut: cutLink,
  hold: holdLink,
  slow: slowLink,
  'postgres crash': (harm) => crashServer(harm, 'postgres'),
  'postgres freeze': (harm) => freezeServer(harm, 'postgres'),
  'nats crash': (harm) => crashServer(harm, 'nats'),
  'nats freeze': (harm) => freezeServer(harm, 'nats'),
  'nats wiped': wipeNats,
  'stream deleted': (harm) => harmStream(harm, 'stream deleted'),
  'stream purged': (harm) => harmStream(harm, 'stream purged'),
  'stream lost its tail': (harm) => harmStream(harm, 'stream lost its tail'),
  'consumer deleted': (harm) => harmStream(harm, 'consumer deleted'),
  drain: (harm) => shutOut(harm, 'drain'),
  disable: (harm) => shutOut(harm, 'disable'),
};

export interface NemesisOptions {
  readonly house: House;
  readonly swarm: Swarm;
  readonly random: Random;
  readonly replicas: readonly Replica[];
}

/** Does harm at moments that the seed chooses, until it is told to heal everything. */
export class Nemesis {
  readonly #options: NemesisOptions;
  readonly #harm: Harm;
  readonly done = new Map<FaultKind, number>();
  #state: 'at work' | 'healed' = 'at work';

  constructor(options: NemesisOptions) {
    const { house, swarm, random, replicas } = options;
    this.#options = options;
    const say = (text: () => string) => house.note('nemesis', text);
    this.#harm = { house, random, replicas, say, state: () => this.#state };
    house.nats.nats.hasRoom = () => !random.happens(swarm.refused);
    house.unruliness = swarm.unruliness;
    for (const kind of swarm.kinds) if (isStanding(kind)) this.done.set(kind, 1);
    this.#next();
  }

  /** Nothing is broken any more, and nothing new breaks. */
  heal(): void {
    const { house, replicas } = this.#options;
    const { world, network, postgres, nats, topology } = house;
    this.#state = 'healed';
    house.note('nemesis', () => 'heals everything');
    nats.nats.hasRoom = () => true;
    house.unruliness = 0;
    network.heal();
    for (const server of [postgres, nats]) {
      if (server.life.state === 'dead') server.restart();
      world.thaw(server.life);
    }
    for (const replica of replicas) {
      if (replica.life !== undefined) world.thaw(replica.life);
      replica.start();
    }
    for (const { nodeId } of topology.nodes) {
      postgres.tables.sessions.setStanding(nodeId, 'enabled');
    }
  }

  /** As rare events come: the pauses are exponential. */
  #next(): void {
    const { house, swarm, random } = this.#options;
    const { world } = house;
    const kinds = swarm.kinds.filter((kind) => !isStanding(kind));
    if (kinds.length === 0) return;
    const pauseMs = -Math.log(1 - random.unit()) * swarm.meanPauseMs;
    world.plan(world.keeper, pauseMs, 'fault', () => {
      if (this.#state === 'healed') return;
      const kind = random.pick(kinds);
      this.done.set(kind, (this.done.get(kind) ?? 0) + 1);
      faults[kind](this.#harm);
      this.#next();
    });
  }
}
