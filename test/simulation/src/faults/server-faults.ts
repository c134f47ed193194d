import { downMs, type Harm } from './harm.ts';

type Server = 'postgres' | 'nats';

export function crashServer(harm: Harm, server: Server): void {
  const { house } = harm;
  const { world } = house;
  const ms = downMs(harm);
  harm.say(() => `crashes ${server} for ${ms} ms`);
  if (server === 'postgres') house.ledger.disturbances.note(ms);
  house[server].crash();
  world.plan(world.keeper, ms, 'restart', () => {
    if (house[server].life.state === 'dead') house[server].restart();
  });
}

export function freezeServer({ house, random, say }: Harm, server: Server): void {
  const { life } = house[server];
  const ms = random.pick([100, 1_000, 6_000, 14_000]);
  say(() => `freezes ${server} for ${ms} ms`);
  if (server === 'postgres') house.ledger.disturbances.note(ms);
  house.world.freeze(life, ms);
  house.network.silence(life.name, ms);
}

export function wipeNats({ house, say }: Harm): void {
  say(() => 'nats lost its store');
  house.nats.nats.wipe();
  house.nats.restart();
}

export type StreamFault =
  | 'stream deleted'
  | 'stream purged'
  | 'stream lost its tail'
  | 'consumer deleted';

export function harmStream({ house, random, say }: Harm, fault: StreamFault): void {
  const { nats } = house.nats;
  if (nats.streams.size === 0) return;
  const [name, stream] = random.pick([...nats.streams]);
  say(() => `${fault}: ${name}`);
  switch (fault) {
    case 'stream deleted':
      return nats.deleteStream(name);
    case 'stream purged':
      return stream.purge();
    case 'consumer deleted': {
      const names = [...stream.consumers.keys()];
      return names.length === 0 ? undefined : stream.removeConsumer(random.pick(names));
    }
    case 'stream lost its tail':
      // What was acknowledged, and not yet on the disk when the power went.
      stream.loseTail(random.int(1, 30));
      return house.nats.restart();
    default:
      return fault satisfies never;
  }
}
