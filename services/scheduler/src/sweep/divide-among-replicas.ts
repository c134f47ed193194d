import type { SharedQueue } from '../queue/shared-queue.ts';
import { preferenceOf } from '../queue/preference.ts';
import type { Sweep } from './sweep.ts';

export interface DivideOptions {
  readonly replica: string;
  readonly queue: SharedQueue;
  /** Says that this replica lives; answers the names of all that do. */
  readonly meet: () => Promise<readonly string[]>;
  readonly everyMs: number;
}

/** Divides the partitions anew when replicas come or go. */
export function divideAmongReplicas({ replica, queue, meet, everyMs }: DivideOptions): Sweep {
  let known = '';
  return {
    name: 'divide-among-replicas',
    everyMs,
    run: async () => {
      const replicas = (await meet()).toSorted();
      if (replicas.join() === known) return;
      known = replicas.join();
      await queue.prefer(preferenceOf(replica, replicas));
    },
  };
}
