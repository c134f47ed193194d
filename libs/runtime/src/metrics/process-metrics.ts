import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import type { Measurement, Metrics } from './instruments.ts';

// 20 ms resolution: one timer each 20 ms is free, and shorter stalls hurt nobody.
const RESOLUTION_MS = 20;

/** What is worth knowing of any Node process: CPU, memory, and how long the event loop stalls. */
export function observeProcess(metrics: Metrics): void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  metrics.gauge('event_loop_delay_seconds', 'Event loop delay since the last scrape', () => {
    const observed = delayOf(delay);
    delay.reset();
    return observed;
  });
  metrics.gauge('process_memory_bytes', 'Memory by kind', memory);
  metrics.gauge('process_cpu_seconds', 'CPU time used so far', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
}

function delayOf(delay: ReturnType<typeof monitorEventLoopDelay>): Measurement[] {
  // The histogram counts the timer's own interval too.
  const seconds = (ns: number) =>
    Number.isFinite(ns) ? Math.max(0, ns / 1e9 - RESOLUTION_MS / 1e3) : 0;
  return [
    { value: seconds(delay.percentile(50)), labels: { quantile: '0.5' } },
    { value: seconds(delay.percentile(99)), labels: { quantile: '0.99' } },
    { value: seconds(delay.max), labels: { quantile: '1' } },
  ];
}

function memory(): Measurement[] {
  const { rss, heapUsed, external } = process.memoryUsage();
  return [
    { value: rss, labels: { kind: 'resident' } },
    { value: heapUsed, labels: { kind: 'heap' } },
    { value: external, labels: { kind: 'external' } },
  ];
}
