import type { Counter, Histogram, Metrics } from '@greencloud/runtime';

export interface AppendMetrics {
  readonly batchSize: Histogram;
  readonly commitSeconds: Histogram;
  readonly outcomes: Counter;
}

const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const seconds = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.125, 0.25, 1, 5];

export function createAppendMetrics(metrics: Metrics): AppendMetrics {
  return {
    batchSize: metrics.histogram('append_batch_size', 'Events sent in one append', sizes),
    commitSeconds: metrics.histogram(
      'append_commit_seconds',
      'Time of one append, from its sending to its answer after the commit',
      seconds,
    ),
    outcomes: metrics.counter('append_outcomes', 'What the log made of events, by kind'),
  };
}

/** `waiting` answers by lane. */
export function gaugeWaiting(metrics: Metrics, waiting: () => readonly number[]): void {
  metrics.gauge('append_waiting', 'Commands that wait for their batch, by lane', () =>
    waiting().map((value, lane) => ({ value, labels: { lane } })),
  );
}
