import { sleep } from '@greencloud/runtime';
import type { Lease } from './lease-table.ts';

/** Works on a partition until the signal says that the lease is gone. Never rejects. */
export type Work = (lease: Lease, signal: AbortSignal) => Promise<void>;

interface Held {
  readonly epoch: bigint;
  readonly lost: AbortController;
}

/** How long a partition's work may take to end before it goes on elsewhere: its epoch fences it. */
const farewellMs = 2_000;

/** The leases that this replica has, and the work on each. */
export class HeldLeases {
  readonly #work: Work;
  readonly #onEnded: () => void;
  readonly #held = new Map<number, Held>();
  /** By partition, also of leases that are lost, until it has ended. */
  readonly #working = new Map<number, Promise<void>>();

  /** `onEnded`: work has ended by itself. */
  constructor(work: Work, onEnded: () => void) {
    this.#work = work;
    this.#onEnded = onEnded;
  }

  has(partition: number): boolean {
    return this.#held.has(partition);
  }

  /** Begins the work, unless it goes on under this epoch already. */
  hold(lease: Lease): void {
    const { partition, epoch } = lease;
    if (this.#held.get(partition)?.epoch === epoch) return;
    this.#lose(partition);
    const lost = new AbortController();
    this.#held.set(partition, { epoch, lost });
    const working = this.#begin(lease, lost.signal).then(() => {
      if (this.#working.get(partition) === working) this.#working.delete(partition);
      if (lost.signal.aborted) return;
      this.#held.delete(partition);
      this.#onEnded();
    });
    this.#working.set(partition, working);
  }

  keepOnly(leases: readonly Lease[]): void {
    const kept = new Set(leases.map(({ partition }) => partition));
    for (const partition of this.#held.keys()) if (!kept.has(partition)) this.#lose(partition);
  }

  loseAll(): void {
    this.keepOnly([]);
  }

  /** Resolves when the work on them has ended, or is taking too long. */
  async stop(partitions: readonly number[]): Promise<void> {
    for (const partition of partitions) this.#lose(partition);
    await this.#ended(partitions);
  }

  async stopAll(): Promise<void> {
    this.loseAll();
    await this.#ended([...this.#working.keys()]);
  }

  async #begin(lease: Lease, signal: AbortSignal): Promise<void> {
    if (this.#working.has(lease.partition)) await this.#ended([lease.partition]);
    await this.#work(lease, signal);
  }

  async #ended(partitions: readonly number[]): Promise<void> {
    const working = partitions.flatMap((partition) => this.#working.get(partition) ?? []);
    if (working.length === 0) return;
    const ended = new AbortController();
    void Promise.all(working).then(() => ended.abort());
    await sleep(farewellMs, ended.signal);
  }

  #lose(partition: number): void {
    this.#held.get(partition)?.lost.abort(new Error('the lease is gone'));
    this.#held.delete(partition);
  }
}
