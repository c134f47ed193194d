import type { LiveEvents } from '@greencloud/bus';
import type { Signal } from '@greencloud/runtime';
import { decodeRecordedEvent } from '../codec/recorded-event.ts';
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
      const event = decoded(bytes);
      if (event?.partition !== partition) return ask('undecodable');
      const offer = intake.offer(event);
      if (offer === 'gap' || offer === 'overflow') ask(offer);
      if (offer === 'queued') wake.notify();
    },
  });
}

/** Whatever is wrong with a live message, the log has the event that it should have been. */
function decoded(bytes: Uint8Array): RecordedEvent | undefined {
  try {
    return decodeRecordedEvent(bytes);
  } catch {
    return undefined;
  }
}
