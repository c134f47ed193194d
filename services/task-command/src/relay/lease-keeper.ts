import { createSignal, type Logger, type Signal, sleep } from '@greencloud/runtime';
import type { Db } from '../postgres/database.ts';
import { releaseEarlierLife, releaseLeases } from './release-leases.ts';
import { type Claimant, type TakenLease, takeLeases } from './take-leases.ts';

export interface LeaseKeeperOptions {
  readonly db: Db;
  readonly claimant: Claimant;
  readonly logger: Logger;
  /** Leads a partition until the signal says that the lease is gone. Never rejects. */
  readonly lead: (partition: number, signal: AbortSignal) => Promise<void>;
  /** A replica that could not publish leaves the partitions to others. */
  readonly canLead: () => 'yes' | 'no';
}

export interface LeaseKeeper {
  /** Resolves after the abort, when the leases are given up. */
  run(signal: AbortSignal): Promise<void>;
  /** Looks at once: something has changed. */
  hurry(): void;
  leads(partition: number): 'yes' | 'no';
}

interface Held {
  readonly epoch: bigint;
  readonly lost: AbortController;
}

const ttlMs = 5_000;
const renewMs = 1_500;
/** The leader stops this much before the database lets another one start. */
const safetyMs = 500;
const farewellMs = 2_000;

export function createLeaseKeeper(options: LeaseKeeperOptions): LeaseKeeper {
  return new RenewingKeeper(options);
}

class RenewingKeeper implements LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #held = new Map<number, Held>();
  readonly #leaders = new Set<Promise<void>>();
  readonly #hurry: Signal = createSignal();
  #expiry: NodeJS.Timeout | undefined;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#try(() => releaseEarlierLife(this.#options.db, this.#options.claimant));
    while (!signal.aborted) {
      if (this.#options.canLead() === 'yes') await this.#try(() => this.#renew());
      else await this.#giveUp();
      await this.#hurry.wait(signal, renewMs);
    }
    await this.#giveUp();
  }

  hurry(): void {
    this.#hurry.notify();
  }

  leads(partition: number): 'yes' | 'no' {
    return this.#held.has(partition) ? 'yes' : 'no';
  }

  async #renew(): Promise<void> {
    const { db, claimant } = this.#options;
    // From before the question: the answer may have been long on its way.
    const askedAt = performance.now();
    const taken = await takeLeases(db, claimant, ttlMs);
    const present = new Set(taken.map(({ partition }) => partition));
    for (const partition of this.#held.keys()) if (!present.has(partition)) this.#lose(partition);
    clearTimeout(this.#expiry);
    const validMs = askedAt + ttlMs - safetyMs - performance.now();
    if (validMs <= 0) return this.#loseAll();
    this.#expiry = setTimeout(() => this.#loseAll(), validMs);
    for (const lease of taken) this.#hold(lease);
  }

  #hold({ partition, epoch }: TakenLease): void {
    if (this.#held.get(partition)?.epoch === epoch) return;
    this.#lose(partition);
    const lost = new AbortController();
    this.#held.set(partition, { epoch, lost });
    this.#options.logger.info(
      { partition, epoch: String(epoch) },
      'leads the relay of a partition',
    );
    const leading = this.#options.lead(partition, lost.signal);
    this.#leaders.add(leading);
    void leading.finally(() => this.#leaders.delete(leading));
  }

  #lose(partition: number): void {
    this.#held.get(partition)?.lost.abort(new Error('the lease is gone'));
    this.#held.delete(partition);
  }

  #loseAll(): void {
    for (const partition of this.#held.keys()) this.#lose(partition);
  }

  async #giveUp(): Promise<void> {
    clearTimeout(this.#expiry);
    if (this.#held.size === 0) return;
    this.#loseAll();
    await Promise.race([Promise.all(this.#leaders), sleep(farewellMs)]);
    await this.#try(() => releaseLeases(this.#options.db, this.#options.claimant));
  }

  /** While the database is away nothing can be led by anybody; the next turn tries again. */
  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'the leases could not be renewed');
    }
  }
}
