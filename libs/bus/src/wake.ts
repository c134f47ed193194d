import type { NatsConnection } from 'nats';
import type { Unsubscribe } from './messages.ts';
import { partitionOfWake, wakeSubject, wakeSubjects } from './subjects.ts';

/** Coalesces: any number of wakes of one partition within a turn of the event loop are one message. */
export function createWaker(nats: NatsConnection): (partition: number) => void {
  const woken = new Set<number>();
  const flush = () => {
    const partitions = [...woken];
    woken.clear();
    if (nats.isClosed() || nats.isDraining()) return;
    for (const partition of partitions) nats.publish(wakeSubject(partition));
  };
  return (partition) => {
    if (woken.size === 0) setImmediate(flush);
    woken.add(partition);
  };
}

/** A wake-up may be lost: a relay polls too. */
export function onWake(nats: NatsConnection, handler: (partition: number) => void): Unsubscribe {
  const subscription = nats.subscribe(wakeSubjects, {
    callback: (error, message) => {
      if (error === null) handler(partitionOfWake(message.subject));
    },
  });
  return () => subscription.unsubscribe();
}
