import { describe, expect, it } from 'vitest';
import { lateLiveEvents } from './late-live-events.ts';
import type { LiveEvents } from './live-events.ts';

function fakeBus(calls: string[]): LiveEvents {
  return {
    follow: async (partition) => void calls.push(`follow ${partition}`),
    watch: async (partition) => void calls.push(`watch ${partition}`),
    status: () => 'connected',
    close: async () => void calls.push('close'),
  };
}

describe('lateLiveEvents', () => {
  it('is disconnected until the bus is there, then passes everything on', async () => {
    const calls: string[] = [];
    const connecting = Promise.withResolvers<LiveEvents>();
    const late = lateLiveEvents(connecting.promise);
    expect(late.status()).toBe('disconnected');
    const signal = new AbortController().signal;
    const handlers = { onMessage: () => undefined, onBreak: () => undefined, signal };
    const following = late.follow(3, handlers);
    const watching = late.watch(4, handlers);
    expect(calls).toEqual([]);
    connecting.resolve(fakeBus(calls));
    await Promise.all([following, watching]);
    expect(late.status()).toBe('connected');
    await late.close();
    expect(calls.toSorted()).toEqual(['close', 'follow 3', 'watch 4']);
  });

  it('stops waiting when the follower stops', async () => {
    const never = Promise.withResolvers<LiveEvents>();
    const ending = new AbortController();
    const handlers = { onMessage: () => undefined, onBreak: () => undefined };
    const late = lateLiveEvents(never.promise);
    const following = late.follow(0, { ...handlers, signal: ending.signal });
    const watching = late.watch(0, { ...handlers, signal: ending.signal });
    ending.abort();
    await Promise.all([following, watching]);
  });
});
