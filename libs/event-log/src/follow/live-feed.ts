import type { LiveEvents } from '@greencloud/bus';
import type { Signal } from '@greencloud/runtime';
import { decodeEventBatch } from '../codec/event-batch.ts';
import type { RecordedEvent } from '../recorded-event.ts';
import type { CatchUpReason } from './follow-options.ts';
import type { Intake } from './intake.ts';

/** Why the log must be read; `undefined` while the live events are whole. */
export interface Need {
  ask(reason: CatchUpReason): void;
  /** Answers the first reason asked since the last `take`. */
  take(): CatchUpReason | undefined;
}

export function createNeed(first: CatchUpReason): Need {
  let need: CatchUpReason | undefined = first;
  return {
    ask: (reason) => void (need ??= reason),
    take() {
      const taken = need;
      need = undefined;
      return taken;
    },
  };
}

export interface LiveFeed {
  readonly intake: Intake;
  readonly need: Need;
  /** Notified when there is something to take or to read. */
  readonly wake: Signal;
}

/** Puts what NATS delivers into the intake, until the abort. */
export async function feedLive(
  { intake, need, wake }: LiveFeed,
  bus: Pick<LiveEvents, 'follow'>,
  partition: number,
  signal: AbortSignal,
): Promise<void> {
  const ask = (reason: CatchUpReason) => {
    need.ask(reason);
    wake.notify();
  };
  await bus.follow(partition, {
    signal,
    onBreak: ask,
    onMessage(bytes) {
      const events = decoded(bytes, partition);
      if (events === undefined) return ask('undecodable');
      for (const event of events) {
        const offer = intake.offer(event);
        if (offer === 'duplicate') continue;
        if (offer !== 'queued') need.ask(offer);
        wake.notify();
      }
    },
  });
}

/** Whatever is wrong with a live message, the log has the events that it should have brought. */
function decoded(bytes: Uint8Array, partition: number): RecordedEvent[] | undefined {
  try {
    const events = decodeEventBatch(bytes);
    return events.every((event) => event.partition === partition) ? events : undefined;
  } catch {
    return undefined;
  }
}
