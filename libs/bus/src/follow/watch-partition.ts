import { sleep } from '@greencloud/runtime';
import type { Connection } from '../connection/connection.ts';
import { whileConnected } from '../connection/while-connected.ts';
import { eventSubject } from '../subjects.ts';
import type { EndingHandlers } from './live-events.ts';

const askAgainMs = 250;

/**
 * Messages of a partition as they are published, until the abort. The client subscribes again by
 * itself after a cut; `subscribed` is said when the server has answered behind it.
 */
export async function watchPartition(
  connection: Connection,
  partition: number,
  handlers: EndingHandlers,
): Promise<void> {
  const { nats } = connection;
  const { signal } = handlers;
  if (signal.aborted) return;
  const subscription = nats.subscribe(eventSubject(partition), {
    callback: (error, message) => {
      if (error === null) handlers.onMessage(message.data);
    },
  });
  const stop = () => subscription.unsubscribe();
  signal.addEventListener('abort', stop, { once: true });
  while (!signal.aborted) {
    const has = await serverHas(connection);
    if (signal.aborted) return;
    if (has === 'unknown') {
      await sleep(askAgainMs, signal);
      continue;
    }
    handlers.onBreak('subscribed');
    await untilCut(connection, signal);
    if (!signal.aborted) handlers.onBreak('disconnected');
  }
}

/** A server takes what a client sends in order. */
function serverHas(connection: Connection): Promise<'yes' | 'unknown'> {
  return whileConnected(connection, () => connection.nats.flush()).then(
    () => 'yes',
    () => 'unknown',
  );
}

async function untilCut(connection: Connection, signal: AbortSignal): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const unwatch = connection.onStatus(() => ended.resolve());
  signal.addEventListener('abort', () => ended.resolve(), { once: true });
  if (signal.aborted || connection.status() === 'disconnected') ended.resolve();
  await ended.promise;
  unwatch();
}
