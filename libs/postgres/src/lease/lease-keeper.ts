import { createSignal, type Signal } from '@greencloud/runtime';
import type { Kysely } from 'kysely';
import { fairShare } from './fair-share.ts';
import { HeldLeases, type Work } from './held-leases.ts';
import {
  endEarlierLife,
  ensureLeases,
  type Instance,
  type Lease,
  leaseMs,
  type LeaseTables,
  releaseLeases,
  renewLeases,
  signIn,
  signOut,
  takeLeases,
} from './lease-table.ts';

export type LeaseTurn =
  | { readonly kind: 'kept' }
  /** While the database is away nothing can be held by anybody; the next turn tries again. */
  | { readonly kind: 'failed'; readonly error: unknown };

export interface LeaseKeeperOptions<D> {
  readonly db: Kysely<D>;
  readonly tables: LeaseTables;
  readonly self: Instance;
  readonly partitions: number;
  /** Work that ends by itself is begun again, if the lease is still this replica's. */
  readonly work: Work;
  /** A replica that could not do the work leaves it to others. Default: it always can. */
  readonly canHold?: (() => 'yes' | 'no') | undefined;
  /** Before leases are taken. */
  readonly prepare?: (() => Promise<void>) | undefined;
  /** Leases are free, or somebody wants some: `hurry` the other replicas. They look anyway. */
  readonly onChanged?: (() => void) | undefined;
  readonly onTurn: (turn: LeaseTurn) => void;
}

export interface LeaseKeeper {
  /** Resolves after the abort, when the leases are given back. */
  run(signal: AbortSignal): Promise<void>;
  /** Looks at once: something has changed. */
  hurry(): void;
  /** `no` from a moment before another replica may begin, also in a process that stood still. */
  holds(partition: number): 'yes' | 'no';
}

// A lease survives two renewals that fail.
const renewMs = 1_500;
/** While others have too much: they notice within `renewMs`, and give back one by one. */
const shortMs = 250;
/** The work ends this much before the database lets another replica begin. */
const safetyMs = 500;

/**
 * Keeps this replica's share of the partitions: each replica finds it from the list of those that
 * live, gives back what is too much after its work has ended, and takes what is missing.
 */
export function createLeaseKeeper<D>(options: LeaseKeeperOptions<D>): LeaseKeeper {
  return new SharingKeeper(options);
}

class SharingKeeper<D> implements LeaseKeeper {
  readonly #options: LeaseKeeperOptions<D>;
  readonly #hurry: Signal = createSignal();
  readonly #held: HeldLeases;
  #presence: 'signed in' | 'signed out' = 'signed out';
  #expiry: NodeJS.Timeout | undefined;
  #validUntil = 0;

  constructor(options: LeaseKeeperOptions<D>) {
    this.#options = options;
    this.#held = new HeldLeases(options.work, () => this.hurry());
  }

  async run(signal: AbortSignal): Promise<void> {
    const { db, tables, self } = this.#options;
    await this.#try(() => endEarlierLife(db, tables, self));
    while (!signal.aborted) {
      const missing = await this.#try(() => this.#turn());
      await this.#hurry.wait(signal, missing === 'some' ? shortMs : renewMs);
    }
    await this.#try(() => this.#leave());
  }

  hurry(): void {
    this.#hurry.notify();
  }

  holds(partition: number): 'yes' | 'no' {
    return this.#held.has(partition) && performance.now() < this.#validUntil ? 'yes' : 'no';
  }

  async #turn(): Promise<'some' | 'none'> {
    const { db, tables, self, partitions, canHold = () => 'yes' } = this.#options;
    if (canHold() === 'no') {
      await this.#leave();
      return 'none';
    }
    const share = fairShare(partitions, await this.#present(), self.id);
    // From before the question: the answer may have been long on its way.
    const validUntil = performance.now() + leaseMs - safetyMs;
    const renewed = await renewLeases(db, tables, self);
    this.#validUntil = validUntil;
    this.#held.keepOnly(renewed);
    this.#endInTime();
    await this.#giveBack(renewed.slice(share));
    const kept = renewed.slice(0, share);
    const taken = await this.#take(share - kept.length);
    const leases = [...kept, ...taken];
    // The next turn finds them, should this one have taken too long.
    if (performance.now() < this.#validUntil) for (const lease of leases) this.#held.hold(lease);
    return leases.length < share ? 'some' : 'none';
  }

  async #present(): Promise<string[]> {
    const { db, tables, self, onChanged } = this.#options;
    const before = this.#presence;
    this.#presence = 'signed in';
    const replicas = await signIn(db, tables, self);
    if (before === 'signed out') onChanged?.();
    return replicas;
  }

  #endInTime(): void {
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#held.loseAll(), this.#validUntil - performance.now());
  }

  async #giveBack(surplus: readonly Lease[]): Promise<void> {
    if (surplus.length === 0) return;
    const { db, tables, self, onChanged } = this.#options;
    const partitions = surplus.map(({ partition }) => partition);
    await this.#held.stop(partitions);
    await releaseLeases(db, tables, self, partitions);
    onChanged?.();
  }

  async #take(count: number): Promise<Lease[]> {
    if (count <= 0) return [];
    const { db, tables, self, partitions, prepare } = this.#options;
    // Also after somebody dropped the schema and made it anew under the running service.
    await ensureLeases(db, tables, partitions);
    await prepare?.();
    return await takeLeases(db, tables, self, count);
  }

  async #leave(): Promise<void> {
    clearTimeout(this.#expiry);
    if (this.#presence === 'signed out') return;
    const { db, tables, self, onChanged } = this.#options;
    await this.#held.stopAll();
    await signOut(db, tables, self);
    this.#presence = 'signed out';
    onChanged?.();
  }

  async #try<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await act();
      this.#options.onTurn({ kind: 'kept' });
      return answer;
    } catch (error) {
      this.#options.onTurn({ kind: 'failed', error });
      return undefined;
    }
  }
}
