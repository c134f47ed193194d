import type { BreakReason, LiveEvents, LiveHandlers } from '@greencloud/bus';
import { encodeEventBatch } from '../codec/event-batch.ts';
import type { RecordedEvent } from '../recorded-event.ts';

/** A live feed in memory that does what its test says: deliver, lose, repeat, reorder, break. */
export interface UnrulyBus extends Pick<LiveEvents, 'follow'> {
  /** All of them in one message. */
  deliver(...events: RecordedEvent[]): void;
  deliverBytes(partition: number, bytes: Uint8Array): void;
  breakOff(partition: number, reason: BreakReason): void;
}

export function createUnrulyBus(): UnrulyBus {
  const followers = new Map<number, Set<LiveHandlers>>();
  const of = (partition: number) => {
    const handlers = followers.get(partition) ?? new Set();
    followers.set(partition, handlers);
    return handlers;
  };
  const deliverBytes = (partition: number, bytes: Uint8Array) => {
    for (const handlers of of(partition)) handlers.onMessage(bytes);
  };
  return {
    deliverBytes,
    deliver(...events) {
      const [first] = events;
      if (first !== undefined) deliverBytes(first.partition, encodeEventBatch(events));
    },
    breakOff(partition, reason) {
      for (const handlers of of(partition)) handlers.onBreak(reason);
    },
    async follow(partition, handlers) {
      of(partition).add(handlers);
      handlers.onBreak('subscribed');
      await aborted(handlers.signal);
      of(partition).delete(handlers);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
