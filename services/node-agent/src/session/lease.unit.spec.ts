import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lease } from './lease.ts';

describe('the lease of a node', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is lost when nothing renews it, counted from when we asked', () => {
    const onLost = vi.fn();
    const lease = new Lease(onLost);
    const askedAt = performance.now();
    vi.advanceTimersByTime(400);
    lease.renew(askedAt, 1_000);
    vi.advanceTimersByTime(599);
    expect([lease.state, onLost.mock.calls.length]).toEqual(['held', 0]);
    vi.advanceTimersByTime(2);
    expect([lease.state, onLost.mock.calls.length]).toEqual(['lost', 1]);
  });

  it('is held as long as it is renewed, and can be had again after a loss', () => {
    const onLost = vi.fn();
    const lease = new Lease(onLost);
    for (let beat = 0; beat < 10; beat += 1) {
      lease.renew(performance.now(), 1_000);
      vi.advanceTimersByTime(900);
    }
    expect(onLost).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    lease.renew(performance.now(), 1_000);
    expect([lease.state, onLost.mock.calls.length]).toEqual(['held', 1]);
    lease.stop();
  });

  it('is not shortened by an answer that comes late', () => {
    const lease = new Lease(() => undefined);
    const early = performance.now();
    vi.advanceTimersByTime(500);
    lease.renew(performance.now(), 1_000);
    lease.renew(early, 1_000);
    vi.advanceTimersByTime(900);
    expect(lease.state).toBe('held');
    lease.stop();
  });
});
