import type { Random } from '../chance/random.ts';
import type { House } from '../processes/house.ts';
import type { Replica } from '../processes/replica.ts';

/** What the faults work with. */
export interface Harm {
  readonly house: House;
  readonly random: Random;
  readonly replicas: readonly Replica[];
  readonly say: (text: () => string) => void;
  /** After the healing nothing new breaks, whatever was planned. */
  readonly state: () => 'at work' | 'healed';
}

export function victimOf({ random, replicas }: Harm): Replica {
  const isNode = random.happens(0.4);
  return random.pick(replicas.filter(({ name }) => name.startsWith('node') === isNode));
}

/** Around the moments at which somebody gives somebody up; sometimes half a minute. */
export function spanMs({ house, random }: Harm): number {
  const { fenceAfterMs, lostAfterMs } = house.topology.limits;
  const spans = [10, 300, fenceAfterMs * 1.1, lostAfterMs * 1.3, lostAfterMs * 1.7, 6_000];
  return Math.round(random.happens(0.05) ? 30_000 : random.pick(spans));
}

/** How long something that died stays dead. */
export function downMs({ random }: Harm): number {
  return random.pick([1, 100, 800, 2_500, 6_000]);
}
