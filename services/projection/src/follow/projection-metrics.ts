import type { TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import type { Metrics } from '@greencloud/runtime';
import { createLag, type Lag } from './lag.ts';

export interface ProjectionMetrics {
  readonly lag: Lag;
  /** One transaction, of any number of partitions. */
  wrote(events: number, seconds: number): void;
  /** One partition's batch, once it is in the views. */
  applied(events: readonly RecordedEvent[]): void;
  /** Counts a followed partition's parked tasks, as they become more, until the answer is called. */
  follows(parked: ReadonlySet<TaskId>): () => void;
  /** A read that the views could not answer. */
  missed(why: 'no_row' | 'too_old' | 'views_unavailable', keys: number): void;
}

const batchSizes = [1, 2, 5, 10, 25, 50, 100, 250, 500];

export function createProjectionMetrics(metrics: Metrics): ProjectionMetrics {
  const lag = createLag();
  const events = metrics.counter('projection_events', 'Events applied to the views.');
  const parked = new Set<ReadonlySet<TaskId>>();
  // No counter: it would have no sample before its first task, and none of those parked before a restart.
  metrics.gauge(
    'projection_parked_tasks',
    'Tasks of the partitions followed here that are passed over for an event that could not be applied.',
    () => [...parked].reduce((sum, { size }) => sum + size, 0),
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
    applied(batch) {
      const [oldest] = batch;
      events.add(batch.length);
      if (oldest !== undefined) age.record(Math.max(0, Date.now() - oldest.recordedAt) / 1_000);
    },
    follows(tasks) {
      parked.add(tasks);
      return () => void parked.delete(tasks);
    },
    missed: (why, keys) => missed.add(keys, { why }),
  };
}
