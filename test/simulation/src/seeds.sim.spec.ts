import { describe, expect, it } from 'vitest';
import { spread } from './run/spread.ts';
import { describeFailure, Summary } from './run/summary.ts';

// GC_SEEDS of them in CI; the same ones each time, so that a change that breaks one is the cause.
const seeds = Number(process.env['GC_SEEDS'] ?? 1_000);

describe('a simulated cluster', () => {
  it(`keeps every promise under ${seeds} seeds of faults`, { timeout: 600_000 }, async () => {
    const summary = new Summary();
    await spread({
      seeds: Array.from({ length: seeds }, (_, index) => index + 1),
      onReport(report) {
        summary.add(report);
        return summary.failed.length < 3 ? 'go on' : 'enough';
      },
    });
    console.log(summary.lines().join('\n'));
    expect(summary.failed.map(describeFailure)).toEqual([]);
    // An invariant of nothing holds always, and so do the rules of an end that no task came to.
    expect(summary.neverSeen).toEqual([]);
  });
});
