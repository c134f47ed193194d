import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hasten } from './haste.ts';

describe('the haste of reports', () => {
  const go = vi.fn<() => void>();
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    go.mockReset();
  });

  it('sends what ends an attempt at once', () => {
    hasten(go)('now');
    expect(go).toHaveBeenCalledTimes(1);
  });

  it('lets what nobody acts on wait for 5 ms, however much of it comes', () => {
    const haste = hasten(go);
    haste('soon');
    vi.advanceTimersByTime(4);
    haste('soon');
    expect(go).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(go).toHaveBeenCalledTimes(1);
  });

  it('sends both together when an end comes meanwhile', () => {
    const haste = hasten(go);
    haste('soon');
    haste('now');
    vi.advanceTimersByTime(100);
    expect(go).toHaveBeenCalledTimes(1);
  });
});
