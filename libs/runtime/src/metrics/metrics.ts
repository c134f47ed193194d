import type { Meter } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { Counter, Histogram, Measurement, Metrics } from './instruments.ts';
import { observeProcess } from './process-metrics.ts';

export const SECONDS_BUCKETS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/** Metrics of one service and its process; names get the prefix `greencloud_`, counters `_total`. */
export function createMetrics(service: string): Metrics {
  const reader = new ScrapeReader();
  const meter = new MeterProvider({ readers: [reader] }).getMeter(service);
  const metrics: Metrics = {
    counter: (name, help) => counter(meter, name, help),
    gauge: (name, help, observe) => gauge(meter, name, help, observe),
    histogram: (name, help, buckets = SECONDS_BUCKETS) => histogram(meter, name, help, buckets),
    scrape: () => reader.scrape(),
  };
  observeProcess(metrics);
  return metrics;
}

// The exporter package's own reader brings an HTTP server; the admin server already is one.
class ScrapeReader extends MetricReader {
  readonly #serializer = new PrometheusSerializer('greencloud', false, undefined, true, true);

  async scrape(): Promise<string> {
    const { resourceMetrics, errors } = await this.collect();
    if (errors.length > 0) throw new AggregateError(errors, 'some metrics could not be read');
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the same enum, twice declared
    return this.#serializer.serialize(resourceMetrics);
  }

  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

function counter(meter: Meter, name: string, description: string): Counter {
  const instrument = meter.createCounter(name, { description });
  return { add: (amount = 1, labels) => instrument.add(amount, labels) };
}

function histogram(
  meter: Meter,
  name: string,
  description: string,
  buckets: readonly number[],
): Histogram {
  const advice = { explicitBucketBoundaries: [...buckets] };
  const instrument = meter.createHistogram(name, { description, advice });
  return { record: (value, labels) => instrument.record(value, labels) };
}

function gauge(
  meter: Meter,
  name: string,
  description: string,
  observe: () => number | Iterable<Measurement>,
): void {
  meter.createObservableGauge(name, { description }).addCallback((result) => {
    const observed = observe();
    if (typeof observed === 'number') return result.observe(observed);
    for (const { value, labels } of observed) result.observe(value, labels);
  });
}
