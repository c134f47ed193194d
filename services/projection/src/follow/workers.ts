import type { Lease } from '../lease/lease-table.ts';

interface Worker {
  readonly epoch: bigint;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** One worker for each partition that this replica holds. */
export interface Workers {
  /** Starts and stops until exactly these run, each under its present epoch. */
  set(leases: readonly Lease[]): Promise<void>;
  stop(partitions: readonly number[]): Promise<void>;
  partitions(): number[];
}

/** `onStale` is called when a worker ends because its lease is another's. */
export function createWorkers(
  run: (lease: Lease, signal: AbortSignal) => Promise<'stopped' | 'stale'>,
  onStale: () => void,
): Workers {
  const workers = new Map<number, Worker>();

  function start(lease: Lease): void {
    const stop = new AbortController();
    const ended = run(lease, stop.signal).then((outcome) => {
      if (workers.get(lease.partition)?.stop === stop) workers.delete(lease.partition);
      if (outcome === 'stale') onStale();
    });
    workers.set(lease.partition, { epoch: lease.epoch, stop, ended });
  }

  async function stop(partitions: readonly number[]): Promise<void> {
    const ending = partitions.flatMap((partition) => workers.get(partition) ?? []);
    for (const worker of ending) worker.stop.abort();
    await Promise.all(ending.map(({ ended }) => ended));
  }

  return {
    stop,
    partitions: () => [...workers.keys()],
    async set(leases) {
      const wanted = new Map(leases.map((lease) => [lease.partition, lease]));
      const outdated = [...workers].filter(
        ([partition, { epoch }]) => wanted.get(partition)?.epoch !== epoch,
      );
      await stop(outdated.map(([partition]) => partition));
      for (const lease of leases) if (!workers.has(lease.partition)) start(lease);
    },
  };
}
