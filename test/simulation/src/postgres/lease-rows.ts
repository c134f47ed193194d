const leaseMs = 5_000;
const forgetMs = 60_000;

interface LeaseRow {
  readonly partition: number;
  holder: string;
  instance: string | null;
  epoch: bigint;
  /** Ms of the database's clock. */
  expiresAt: number;
}

interface Claimant {
  readonly id: string;
  readonly name: string;
}

interface Taken {
  readonly partition: number;
  readonly epoch: bigint;
}

/** A service's tables of leases and of replicas that live. */
export class LeaseRows {
  readonly #leases: LeaseRow[] = [];
  readonly #replicas = new Map<string, { readonly name: string; readonly seenAt: number }>();

  ensure(partitions: number): void {
    for (let partition = this.#leases.length; partition < partitions; partition++) {
      const nobody = { holder: '', instance: null, epoch: 0n, expiresAt: -Infinity };
      this.#leases.push({ partition, ...nobody });
    }
  }

  signIn(id: string, name: string, at: number): void {
    for (const [instance, { seenAt }] of this.#replicas) {
      if (instance !== id && seenAt < at - forgetMs) this.#replicas.delete(instance);
    }
    this.#replicas.set(id, { name, seenAt: at });
  }

  present(at: number): { readonly instance: string }[] {
    const living = [...this.#replicas].filter(([, { seenAt }]) => seenAt >= at - leaseMs);
    const instances = living.map(([instance]) => instance);
    return instances.toSorted().map((instance) => ({ instance }));
  }

  renew(id: string, at: number): Taken[] {
    const held = this.#leases.filter((lease) => lease.instance === id && lease.expiresAt >= at);
    for (const lease of held) lease.expiresAt = at + leaseMs;
    return held.map(taken);
  }

  take({ id, name }: Claimant, count: number, at: number): Taken[] {
    const free = this.#leases.filter(({ expiresAt }) => expiresAt < at).slice(0, count);
    for (const lease of free) {
      const epoch = lease.epoch + 1n;
      Object.assign(lease, { instance: id, holder: name, epoch, expiresAt: at + leaseMs });
    }
    return free.map(taken);
  }

  release(id: string, partitions: readonly number[]): void {
    this.#end((lease) => lease.instance === id && partitions.includes(lease.partition));
  }

  signOut(id: string): void {
    this.#replicas.delete(id);
    this.#end(({ instance }) => instance === id);
  }

  endEarlier({ id, name }: Claimant): void {
    for (const [instance, replica] of this.#replicas) {
      if (replica.name === name && instance !== id) this.#replicas.delete(instance);
    }
    this.#end(({ holder, instance }) => holder === name && instance !== id);
  }

  held(lease: Taken & { readonly instance: string }, at: number): readonly object[] {
    const expiresAt = this.#leases[lease.partition]?.expiresAt ?? -Infinity;
    return this.isCurrent(lease) && expiresAt >= at ? [{ partition: lease.partition }] : [];
  }

  /** Whether this is the lease under which a partition is held. */
  isCurrent({ partition, instance, epoch }: Taken & { readonly instance: string }): boolean {
    const lease = this.#leases.find((each) => each.partition === partition);
    return lease?.instance === instance && lease.epoch === epoch;
  }

  #end(which: (lease: LeaseRow) => boolean): void {
    for (const lease of this.#leases) if (which(lease)) lease.expiresAt = -Infinity;
  }
}

function taken({ partition, epoch }: LeaseRow): Taken {
  return { partition, epoch };
}
