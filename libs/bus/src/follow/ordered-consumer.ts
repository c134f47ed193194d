import {
  AckPolicy,
  ConsumerEvents,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  nanos,
} from 'nats';
import type { BreakReason } from '../messages.ts';
import { streamName } from '../subjects.ts';

export interface OrderedConsumer {
  /** Settles once, when nothing more comes from this consumer. */
  readonly broken: Promise<BreakReason>;
  /** `forget`: the server is away, and drops the consumer by itself after 30 s. */
  close(how: 'delete' | 'forget'): Promise<void>;
}

// The server says that it lives each 2.5 s; silence is noticed after two of these.
const pullExpiresMs = 5_000;
// Each up to 256 KiB: together half of what nats-server lets wait for a slow client.
const maxPulled = 128;
const inactiveMs = 30_000;

const breakOf: Partial<Record<string, BreakReason>> = {
  [ConsumerEvents.HeartbeatsMissed]: 'heartbeats_missed',
  [ConsumerEvents.ConsumerNotFound]: 'consumer_lost',
  [ConsumerEvents.ConsumerDeleted]: 'consumer_lost',
  [ConsumerEvents.NoResponders]: 'consumer_lost',
  [ConsumerEvents.StreamNotFound]: 'no_stream',
};

/**
 * An ordered consumer that ends at its first break. The one of the library mends itself by stream
 * sequence, with a back-off of its own of up to 30 s; here the log mends, so a new one is enough.
 */
export async function openOrderedConsumer(
  jsm: JetStreamManager,
  js: JetStreamClient,
  partition: number,
  onMessage: (bytes: Uint8Array) => void,
): Promise<OrderedConsumer> {
  const stream = streamName(partition);
  const { name } = await jsm.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.New,
    inactive_threshold: nanos(inactiveMs),
    max_deliver: 1,
    mem_storage: true,
    num_replicas: 1,
  });
  const broken = Promise.withResolvers<BreakReason>();
  const consumer = await js.consumers.get(stream, name);
  const messages = await consumer.consume({
    max_messages: maxPulled,
    expires: pullExpiresMs,
    abort_on_missing_resource: true,
    callback: inOrder(onMessage, () => broken.resolve('out_of_order')),
  });
  void watchEvents(messages, broken.resolve);
  return {
    broken: broken.promise,
    async close(how) {
      await messages.close();
      if (how === 'delete') await consumer.delete().catch(() => undefined);
    },
  };
}

/** Passes on messages while the server's delivery numbers are 1, 2, 3, …; then nothing more. */
export function inOrder(
  onMessage: (bytes: Uint8Array) => void,
  onBreak: () => void,
): (message: Pick<JsMsg, 'data' | 'info'>) => void {
  let delivered = 0;
  return (message) => {
    if (message.info.deliverySequence !== delivered + 1) return onBreak();
    delivered += 1;
    onMessage(message.data);
  };
}

async function watchEvents(
  messages: ConsumerMessages,
  onBreak: (reason: BreakReason) => void,
): Promise<void> {
  void messages.closed().then(() => onBreak('consumer_lost'));
  for await (const { type } of await messages.status()) {
    const reason = breakOf[type];
    if (reason !== undefined) onBreak(reason);
  }
}
