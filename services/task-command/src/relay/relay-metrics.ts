import type { Measurement, Metrics } from '@greencloud/runtime';
import type { RelayProgress } from './lead-partition.ts';

export interface RelayMetrics extends RelayProgress {
  /** This replica leads the partition no longer. */
  left(partition: number): void;
}

interface Progress {
  committed: bigint;
  published: bigint;
}

/** Lag and count of what this replica leads. */
export function createRelayMetrics(metrics: Metrics): RelayMetrics {
  const led = new Map<number, Progress>();
  const published = metrics.counter('relay_published', 'Events published to JetStream');
  metrics.gauge('relay_lag', 'Committed events that are not published yet, by partition led', () =>
    lagOf(led),
  );
  const discarded = metrics.counter(
    'relay_streams_discarded',
    'Streams made anew, since they held what the log does not',
  );
  const progressOf = (partition: number): Progress => {
    const progress = led.get(partition) ?? { committed: 0n, published: 0n };
    led.set(partition, progress);
    return progress;
  };
  return {
    committed(partition, position) {
      const progress = progressOf(partition);
      if (position > progress.committed) progress.committed = position;
    },
    published(partition, upTo, events) {
      progressOf(partition).published = upTo;
      if (events > 0) published.add(events);
    },
    discarded: (partition, why) => discarded.add(1, { partition, why }),
    left: (partition) => void led.delete(partition),
  };
}

function lagOf(led: ReadonlyMap<number, Progress>): Measurement[] {
  return [...led].map(([partition, { committed, published }]) => ({
    value: Math.max(0, Number(committed - published)),
    labels: { partition },
  }));
}
