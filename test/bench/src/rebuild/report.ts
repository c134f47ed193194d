import { quantile } from '@greencloud/testing';
import type { Calls } from './traffic.ts';

/** One line: how many were answered, how fast, and what the others got. */
export function callsLine(name: string, { took, failed }: Calls): string {
  const failures = [...failed].map(([what, times]) => `${times} x ${what}`);
  const total = [...failed.values()].reduce((sum, times) => sum + times, 0);
  const speed =
    took.length === 0
      ? ''
      : `, p50 ${quantile(took, 0.5).toFixed(1)} ms, p99 ${quantile(took, 0.99).toFixed(1)} ms, most ${Math.max(...took).toFixed(0)} ms`;
  const faults = total === 0 ? '' : ` (${failures.join(', ')})`;
  return `${name}: ${took.length} answered${speed}, ${total} failed${faults}`;
}
