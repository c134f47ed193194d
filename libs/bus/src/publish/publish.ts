import type { JetStreamClient, JetStreamPublishOptions, NatsConnection } from 'nats';
import type { Connection } from '../connection/connection.ts';
import { failureOf } from '../connection/nats-error.ts';
import { whileConnected } from '../connection/while-connected.ts';
import type { OutgoingEvent, Previous, PublishResult } from '../messages.ts';
import { eventSubject } from '../subjects.ts';
import { messageId } from './message-id.ts';
import { windowOf } from './window.ts';

export interface PublishPorts {
  readonly nats: Pick<NatsConnection, 'info'>;
  readonly js: Pick<JetStreamClient, 'publish'>;
  readonly connection: Pick<Connection, 'status' | 'onStatus'>;
}

type Ack = Awaited<ReturnType<JetStreamClient['publish']>>;

// Where a stream was deleted nobody says so while a watcher has the subject too: then this is how
// long the relay stands still. An ack that comes later costs a question.
const ackTimeoutMs = 1_000;

/**
 * Publishes as many of the contiguous events as one message holds, chained to the message before
 * it: the server stores it as a whole behind that one, or not at all.
 */
export async function publish(
  { nats, js, connection }: PublishPorts,
  partition: number,
  events: readonly OutgoingEvent[],
  previous: Previous,
): Promise<PublishResult> {
  const { upTo, body } = windowOf(events, nats.info?.max_payload);
  const msgID = messageId(partition, upTo);
  const options = { msgID, expect: chainTo(partition, previous), timeout: ackTimeoutMs };
  try {
    const send = () => js.publish(eventSubject(partition), body, options);
    const ack = await whileConnected(connection, send);
    return { kind: 'published', upTo, next: nextOf(ack, upTo, previous) };
  } catch (error) {
    return failed(error);
  }
}

/**
 * A known end is chained by its sequence: after a restart the server has forgotten the id of a last
 * message older than the duplicate window, and an empty stream may have none.
 */
function chainTo(
  partition: number,
  previous: Previous,
): NonNullable<JetStreamPublishOptions['expect']> {
  return previous.kind === 'after'
    ? { lastMsgID: messageId(partition, previous.position) }
    : { lastSequence: previous.sequence };
}

/**
 * A message that was stored before and is gone since (a purge) is acked as a duplicate while the
 * server remembers its id, and nothing is stored: its sequence is not behind the end that was
 * known. Whoever followed has had it, and others read the log; the stream still ends where it did.
 */
function nextOf({ duplicate, seq }: Ack, upTo: bigint, previous: Previous): Previous {
  const isGone = duplicate && seq <= previous.sequence;
  if (isGone) return { kind: 'empty', sequence: previous.sequence };
  return { kind: 'after', position: upTo, sequence: seq };
}

function failed(error: unknown): Exclude<PublishResult, { kind: 'published' }> {
  const failure = failureOf(error);
  if (failure === 'timeout') return { kind: 'timeout' };
  const reason = failure === 'connection' ? 'disconnected' : failure;
  return { kind: 'rejected', reason, detail: String(error) };
}
