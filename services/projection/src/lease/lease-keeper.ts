import type { Db } from '../postgres/database.ts';
import { ensureCheckpoints } from '../apply/checkpoint.ts';
import { liveSchema } from '../postgres/database.ts';
import { fairShare } from './fair-share.ts';
import {
  ensureLeases,
  type Instance,
  type Lease,
  releaseLeases,
  renewLeases,
  signIn,
  takeLeases,
} from './lease-table.ts';

export interface LeaseKeeper {
  /** Renews, gives up what is too much (after `stop` has resolved), takes what is missing. */
  keep(stop: (partitions: readonly number[]) => Promise<void>): Promise<Lease[]>;
}

export function createLeaseKeeper(db: Db, self: Instance, partitions: number): LeaseKeeper {
  return {
    async keep(stop) {
      const replicas = await signIn(db, self);
      const held = await renewLeases(db, self);
      const share = fairShare(partitions, replicas, self.id);
      const kept = held.slice(0, share);
      const surplus = held.slice(share).map(({ partition }) => partition);
      if (surplus.length > 0) {
        await stop(surplus);
        await releaseLeases(db, self, surplus);
      }
      if (kept.length >= share) return kept;
      await ensureRows(db, partitions);
      return [...kept, ...(await takeLeases(db, self, share - kept.length))];
    },
  };
}

/** Also after somebody dropped the schema and made it anew under the running service. */
async function ensureRows(db: Db, partitions: number): Promise<void> {
  await ensureLeases(db, partitions);
  await ensureCheckpoints(db, liveSchema, partitions);
}
