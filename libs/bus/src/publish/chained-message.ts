import { headers, type JetStreamPublishOptions, type MsgHdrs } from 'nats';
import { messageId } from './message-id.ts';
import type { OutgoingEvent, Previous } from '../messages.ts';
import { eventSubject } from '../subjects.ts';

export type Expectation = NonNullable<JetStreamPublishOptions['expect']>;

/** An event as its message, and what the stream has to end with for the server to store it. */
export interface ChainedMessage {
  readonly subject: string;
  readonly bytes: Uint8Array;
  readonly msgID: string;
  readonly expect: Expectation;
}

export function chainMessages(
  partition: number,
  events: readonly OutgoingEvent[],
  previous: Previous,
): ChainedMessage[] {
  let expect = chainTo(partition, previous);
  return events.map(({ position, taskId, type, bytes }) => {
    const msgID = messageId(partition, position);
    const message = { subject: eventSubject(partition, taskId, type), bytes, msgID, expect };
    expect = { lastMsgID: msgID };
    return message;
  });
}

/**
 * A known end is chained by its sequence: after a restart the server has forgotten the id of a last
 * message older than the duplicate window, and an empty stream may have none.
 */
function chainTo(partition: number, previous: Previous): Expectation {
  if (previous.kind === 'after') return { lastMsgID: messageId(partition, previous.position) };
  return { lastSequence: previous.sequence };
}

/** As `JetStreamClient.publish` writes them. */
export function headersOf({ msgID, expect }: ChainedMessage): MsgHdrs {
  const made = headers();
  made.append('Nats-Msg-Id', msgID);
  if (expect.lastMsgID !== undefined) made.append('Nats-Expected-Last-Msg-Id', expect.lastMsgID);
  else made.append('Nats-Expected-Last-Sequence', String(expect.lastSequence));
  return made;
}
