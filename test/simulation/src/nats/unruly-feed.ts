import type { Bus } from '@greencloud/bus';
import type { Random } from '../chance/random.ts';

type Handlers = Parameters<Bus['follow']>[1];

/**
 * Worse than any NATS: between the bus and who follows or watches messages are lost, come twice, or
 * come late and out of order, and nobody says so.
 */
export function unrulyFeed(bus: Bus, random: Random, unruliness: () => number): Bus {
  const unruly = (handlers: Handlers): Handlers => ({
    ...handlers,
    onMessage(bytes) {
      if (!random.happens(unruliness())) return handlers.onMessage(bytes);
      const late = () => {
        if (!handlers.signal.aborted) handlers.onMessage(bytes);
      };
      const what = random.pick(['lost', 'twice', 'late'] as const);
      if (what === 'twice') handlers.onMessage(bytes);
      if (what !== 'lost') setTimeout(late, random.between(0, 500));
    },
  });
  return {
    ...bus,
    follow: (partition, handlers) => bus.follow(partition, unruly(handlers)),
    watch: (partition, handlers) => bus.watch(partition, unruly(handlers)),
  };
}
