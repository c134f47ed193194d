import type { JetStreamManager } from 'nats';
import { chainMessages } from './chained-message.ts';
import { chainOutcome, type Outcome } from './chain-outcome.ts';
import { lastPublished } from './last-published.ts';
import type { OutgoingEvent, Previous, PublishResult } from '../messages.ts';
import { type AckPorts, publishForAck, unlessCut } from './publish-for-ack.ts';
import { whileConnected } from '../connection/while-connected.ts';

export interface OneByOnePorts extends AckPorts {
  readonly streams: JetStreamManager['streams'];
}

/**
 * An ack for each message, to learn which of them are stored and which are not. Goes past what a
 * purged stream refuses as its duplicates. At most a window of events.
 */
export async function publishOneByOne(
  ports: OneByOnePorts,
  partition: number,
  events: readonly OutgoingEvent[],
  previous: Previous,
): Promise<PublishResult> {
  const outcomes = await sendAll(ports, partition, events, previous);
  const result = chainOutcome(events, previous, outcomes);
  if (result.kind !== 'forgotten') return result;
  const rest = events.filter(({ position }) => position > result.upTo);
  if (rest.length === 0) return { kind: 'published', upTo: result.upTo };
  const asking = whileConnected(ports.connection, () => lastPublished(ports.streams, partition));
  const end = await asking.catch(() => undefined);
  if (end === undefined) return { kind: 'timeout', upTo: result.upTo };
  // The end lies before the forgotten ones, so only its sequence can chain what follows them.
  return await publishOneByOne(ports, partition, rest, { kind: 'empty', sequence: end.sequence });
}

function sendAll(
  { js, connection }: AckPorts,
  partition: number,
  events: readonly OutgoingEvent[],
  previous: Previous,
): Promise<Outcome[]> {
  const messages = chainMessages(partition, events, previous);
  return Promise.all(
    messages.map((message) => unlessCut(connection, () => publishForAck(js, message))),
  );
}
