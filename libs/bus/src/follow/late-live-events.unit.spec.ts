import { parseTaskId } from '@greencloud/domain';
import { describe, expect, it } from 'vitest';
import { lateLiveEvents } from './late-live-events.ts';
import type { LiveEvents } from './live-events.ts';

function fakeBus(calls: string[]): LiveEvents {
  return {
    follow: async (partition) => void calls.push(`follow ${partition}`),
    watchTask: async (partition) => {
      calls.push(`watch ${partition}`);
      return () => undefined;
    },
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
    const watching = late.watchTask(4, parseTaskId('a'.repeat(24)), () => undefined);
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
    const following = lateLiveEvents(never.promise).follow(0, {
      ...handlers,
      signal: ending.signal,
    });
    ending.abort();
    await following;
  });
});
