import type { RecordedEvent } from '@greencloud/event-log';
import type { Metrics } from '@greencloud/runtime';
import type { FoldedBatch } from '../view/fold-batch.ts';
import { createLag, type Lag } from './lag.ts';

export interface ProjectionMetrics {
  readonly lag: Lag;
  /** One transaction, of any number of partitions. */
  wrote(events: number, seconds: number): void;
  /** One partition's batch, once it is in the views. */
  applied(events: readonly RecordedEvent[], folded: FoldedBatch): void;
  /** A read that the views could not answer. */
  missed(why: 'no_row' | 'too_old' | 'views_unavailable', keys: number): void;
}

const batchSizes = [1, 2, 5, 10, 25, 50, 100, 250, 500];

export function createProjectionMetrics(metrics: Metrics): ProjectionMetrics {
  const lag = createLag();
  const events = metrics.counter('projection_events', 'Events applied to the views.');
  const parked = metrics.counter(
    'projection_parked_tasks',
    'Tasks parked by an event that could not be applied.',
  );
  const missed = metrics.counter(
    'projection_missed_reads',
    'Tasks read from the log instead of the views.',
  );
  const sizes = metrics.histogram(
    'projection_batch_events',
    'Events in one transaction.',
    batchSizes,
  );
  const took = metrics.histogram('projection_batch_seconds', 'How long one transaction took.');
  const age = metrics.histogram(
    'projection_event_age_seconds',
    "From the append of a batch's oldest event to its place in the views.",
  );
  metrics.gauge(
    'projection_lag_positions',
    'Events of a partition that are not in the views yet.',
    () => lag.positions(),
  );
  metrics.gauge(
    'projection_lag_milliseconds',
    "Since a partition's views last had everything.",
    () => lag.milliseconds(),
  );
  return {
    lag,
    wrote(count, seconds) {
      sizes.record(count);
      took.record(seconds);
    },
    applied(batch, folded) {
      const [oldest] = batch;
      events.add(batch.length);
      if (oldest !== undefined) age.record(Math.max(0, Date.now() - oldest.recordedAt) / 1_000);
      if (folded.poison.length > 0) parked.add(folded.poison.length);
    },
    missed: (why, keys) => missed.add(keys, { why }),
  };
}
