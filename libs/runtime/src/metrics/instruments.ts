import type { Attributes } from '@opentelemetry/api';

export type Labels = Attributes;

export interface Measurement {
  readonly value: number;
  readonly labels: Labels;
}

export interface Counter {
  add: (amount?: number, labels?: Labels) => void;
}

export interface Histogram {
  record: (value: number, labels?: Labels) => void;
}

export interface Metrics {
  counter: (name: string, help: string) => Counter;
  /** `observe` is called on each scrape: one number, or one measurement for each set of labels. */
  gauge: (name: string, help: string, observe: () => number | Iterable<Measurement>) => void;
  /** `buckets` are upper bounds; by default those of seconds between 1 ms and 60 s. */
  histogram: (name: string, help: string, buckets?: readonly number[]) => Histogram;
  /** All metrics in the Prometheus text format. */
  scrape: () => Promise<string>;
}
