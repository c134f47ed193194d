import type { Bus } from '@greencloud/bus';
import { createLeaseKeeper, holdsLease, type Instance } from '@greencloud/postgres';
import { type Logger, retry } from '@greencloud/runtime';
import type { StoredEvent } from '../log/stored-event.ts';
import { type Db, relayLeases } from '../postgres/database.ts';
import { type LeaderOptions, leadPartition } from './lead-partition.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { RelayMetrics } from './relay-metrics.ts';

export interface RelayOptions {
  readonly db: Db;
  readonly bus: Bus;
  readonly self: Instance;
  readonly partitions: number;
  readonly logger: Logger;
  readonly metrics: RelayMetrics;
}

export interface Relay {
  /** After a commit of this replica: to the leader, whoever that is. */
  committed(partition: number, events: readonly StoredEvent[]): void;
  /** Stops publishing and gives the leases up. */
  stop(): Promise<void>;
}

/** Publishes the log: the outbox is the log itself, each partition has one leader among the replicas. */
export function startRelay(options: RelayOptions): Relay {
  const { bus, db, self, partitions, logger, metrics } = options;
  // Of what this replica leads; each leadership begins with an empty one.
  const outboxes = new Map<number, Outbox>();
  const stopping = new AbortController();
  const keeper = createLeaseKeeper({
    db,
    tables: relayLeases,
    self,
    partitions,
    canHold: () => (bus.status() === 'connected' ? 'yes' : 'no'),
    onChanged: () => bus.wake('leases'),
    onTurn(turn) {
      if (turn.kind === 'kept') return;
      logger.warn({ err: turn.error }, 'the leases could not be renewed');
    },
    async work(lease, signal) {
      const { partition, epoch } = lease;
      const isCurrent = () => holdsLease(db, relayLeases, self, lease);
      logger.info({ partition, epoch: String(epoch) }, 'leads the relay of a partition');
      const outbox = createOutbox();
      outboxes.set(partition, outbox);
      const leader = { partition, db, bus, outbox, logger, signal, isCurrent, progress: metrics };
      await leadOn(leader);
      if (outboxes.get(partition) !== outbox) return;
      outboxes.delete(partition);
      metrics.left(partition);
    },
  });
  const unwatch = [
    bus.onStatus(() => keeper.hurry()),
    bus.onWake((what) => (what === 'leases' ? keeper.hurry() : outboxes.get(what)?.wake())),
  ];
  const running = keeper.run(stopping.signal);
  return {
    committed(partition, events) {
      const last = events.at(-1);
      if (keeper.holds(partition) === 'no') return bus.wake(partition);
      if (last !== undefined) metrics.committed(partition, last.position);
      outboxes.get(partition)?.offer(events);
    },
    async stop() {
      stopping.abort();
      await running;
      for (const end of unwatch) end();
    },
  };
}

/** A fault of ours must not leave a partition led and silent. */
async function leadOn(leader: LeaderOptions): Promise<void> {
  const { signal, logger, partition } = leader;
  const onFailure = ({ error }: { error: unknown }) =>
    signal.aborted || logger.error({ err: error, partition }, 'the relay of a partition failed');
  await retry(() => leadPartition(leader), { signal, onFailure }).catch(() => undefined);
}
