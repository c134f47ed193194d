import { describe, expect, it } from 'vitest';
import { createLag } from './lag.ts';

describe('lag', () => {
  it('counts positions and time from the moment the views fall behind', () => {
    let now = 1_000;
    const lag = createLag(() => now);
    lag.started(2, 10n);
    lag.seen([0n, 0n, 10n]);
    now = 3_000;
    lag.seen([0n, 0n, 15n]);
    now = 3_500;
    expect(lag.positions()).toEqual([{ value: 5, labels: { partition: 2 } }]);
    expect(lag.milliseconds()).toEqual([{ value: 2_500, labels: { partition: 2 } }]);
    lag.applied(2, 15n);
    expect(lag.milliseconds()).toEqual([{ value: 0, labels: { partition: 2 } }]);
  });

  it('is never negative when the views are ahead of the last look', () => {
    const lag = createLag();
    lag.started(0, 0n);
    lag.seen([3n]);
    lag.applied(0, 9n);
    expect(lag.positions()).toEqual([{ value: 0, labels: { partition: 0 } }]);
  });

  it('shows the partitions of this replica only', () => {
    const lag = createLag();
    lag.started(0, 0n);
    lag.stopped(0);
    lag.seen([3n, 4n]);
    expect(lag.positions()).toEqual([]);
  });
});
