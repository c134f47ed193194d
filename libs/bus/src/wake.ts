import type { NatsConnection } from 'nats';
import type { Unsubscribe } from './messages.ts';
import { targetOfWake, wakeSubject, wakeSubjects, type WakeTarget } from './subjects.ts';

export interface Waker {
  wake(target: WakeTarget): void;
  /** Sends at once what waits. */
  flush(): void;
}

/** Coalesces: any number of wakes of one target within a turn of the event loop are one message. */
export function createWaker(nats: NatsConnection): Waker {
  const woken = new Set<WakeTarget>();
  const flush = () => {
    const targets = [...woken];
    woken.clear();
    if (nats.isClosed() || nats.isDraining()) return;
    for (const target of targets) nats.publish(wakeSubject(target));
  };
  return {
    flush,
    wake(target) {
      if (woken.size === 0) setImmediate(flush);
      woken.add(target);
    },
  };
}

/** A wake-up may be lost: a relay polls too. */
export function onWake(nats: NatsConnection, handler: (target: WakeTarget) => void): Unsubscribe {
  const subscription = nats.subscribe(wakeSubjects, {
    callback: (error, message) => {
      if (error === null) handler(targetOfWake(message.subject));
    },
  });
  return () => subscription.unsubscribe();
}
