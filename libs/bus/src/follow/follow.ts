import { sleep } from '@greencloud/runtime';
import type { JetStreamClient, JetStreamManager } from 'nats';
import type { Connection } from '../connection/connection.ts';
import type { BreakReason, LiveHandlers } from '../messages.ts';
import { isStreamNotFound } from '../connection/nats-error.ts';
import type { EndingHandlers } from './live-events.ts';
import { type OrderedConsumer, openOrderedConsumer } from './ordered-consumer.ts';
import { DisconnectedError, whileConnected } from '../connection/while-connected.ts';

export interface JetStream {
  readonly jsm: JetStreamManager;
  readonly js: JetStreamClient;
}

// With the stream missing or the server away; the follower's head check reads the log meanwhile.
const reopenMs = 250;

type Opened = OrderedConsumer | { readonly failed: BreakReason };

/** Live messages of a partition, through one consumer after the other, until the abort. */
export async function followPartition(
  connection: Connection,
  jetStream: JetStream,
  partition: number,
  handlers: EndingHandlers,
): Promise<void> {
  const { signal } = handlers;
  let last: BreakReason | undefined;
  while (!signal.aborted) {
    const opened = await open(connection, jetStream, partition, handlers);
    if ('failed' in opened) {
      // Said once, not four times a second.
      if (last !== opened.failed) handlers.onBreak(opened.failed);
      last = opened.failed;
      await sleep(reopenMs, signal);
      continue;
    }
    handlers.onBreak('subscribed');
    last = await untilBroken(connection, opened, signal);
    await opened.close(connection.status() === 'connected' ? 'delete' : 'forget');
    if (!signal.aborted) handlers.onBreak(last);
  }
}

async function open(
  connection: Connection,
  { jsm, js }: JetStream,
  partition: number,
  handlers: LiveHandlers,
): Promise<Opened> {
  if (connection.status() === 'disconnected') return { failed: 'disconnected' };
  const opening = openOrderedConsumer(jsm, js, partition, (bytes) => handlers.onMessage(bytes));
  try {
    return await whileConnected(connection, () => opening);
  } catch (error) {
    // It may still come, after a reconnect: nobody would close it.
    void opening.then((late) => late.close('delete')).catch(() => undefined);
    if (error instanceof DisconnectedError) return { failed: 'disconnected' };
    return { failed: isStreamNotFound(error) ? 'no_stream' : 'consumer_lost' };
  }
}

/** After a reconnect the consumer may live on, but nobody knows what it sent into the closed socket. */
async function untilBroken(
  connection: Connection,
  consumer: OrderedConsumer,
  signal: AbortSignal,
): Promise<BreakReason> {
  const ended = Promise.withResolvers<BreakReason>();
  const onAbort = () => ended.resolve('disconnected');
  const unwatch = connection.onStatus(() => ended.resolve('disconnected'));
  signal.addEventListener('abort', onAbort, { once: true });
  void consumer.broken.then(ended.resolve);
  if (signal.aborted || connection.status() === 'disconnected') onAbort();
  const reason = await ended.promise;
  unwatch();
  signal.removeEventListener('abort', onAbort);
  return reason;
}
