import { createSignal } from '@greencloud/runtime';
import type { StoredEvent } from '../log/stored-event.ts';

/** What a leader publishes next: events, the order to look into the log, or nothing for now. */
export type NextEvents = readonly StoredEvent[] | 'read the log' | 'nothing';

/** The committed events of one partition on their way from the appender to the leader. */
export interface Outbox {
  /** After a commit of this replica. No events: something was committed, look for it. */
  offer(events: readonly StoredEvent[]): void;
  /** Another replica has committed, or may have. */
  wake(): void;
  /** Keeps them until it is asked for what is after them. */
  next(after: bigint, limit: number): NextEvents;
  /** Until an offer, a wake, or the time to look into the log for a wake that was lost. */
  wait(signal: AbortSignal): Promise<void>;
}

// About 2 MiB. What does not fit is read from the log again.
const maxEvents = 4_096;
// For a wake that NATS lost, which happens only where a connection to it breaks, and then nothing
// can be published either. Looks from 25 ms on found nothing after nearly every commit.
const pollMs = 250;

export function createOutbox(): Outbox {
  const events: StoredEvent[] = [];
  const signal = createSignal();
  let log: 'to be read' | 'is known' = 'to be read';

  const fits = (offered: readonly StoredEvent[]) => {
    const last = events.at(-1);
    const follows = last === undefined || offered[0]?.position === last.position + 1n;
    return offered.length > 0 && follows && events.length + offered.length <= maxEvents;
  };
  return {
    offer(offered) {
      if (fits(offered)) events.push(...offered);
      else log = 'to be read';
      signal.notify();
    },
    wake() {
      log = 'to be read';
      signal.notify();
    },
    next(after, limit) {
      events.splice(0, countUpTo(events, after));
      const first = events[0];
      if (first?.position === after + 1n) return events.slice(0, limit);
      if (log === 'is known' && first === undefined) return 'nothing';
      log = 'is known';
      return 'read the log';
    },
    async wait(aborted) {
      const reason = await signal.wait(aborted, pollMs);
      if (reason === 'timed-out') log = 'to be read';
    },
  };
}

function countUpTo(events: readonly StoredEvent[], after: bigint): number {
  const index = events.findIndex(({ position }) => position > after);
  return index === -1 ? events.length : index;
}
