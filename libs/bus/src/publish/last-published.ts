import type { JetStreamManager } from 'nats';
import type { StreamEnd } from '../messages.ts';
import { positionOf } from './message-id.ts';
import { isMessageNotFound } from '../connection/nats-error.ts';
import { streamName } from '../subjects.ts';

/** Asks the server, never a memory of ours. Rejects when there is no stream or no connection. */
export async function lastPublished(
  streams: JetStreamManager['streams'],
  partition: number,
): Promise<StreamEnd> {
  const stream = streamName(partition);
  const { state } = await streams.info(stream);
  const sequence = state.last_seq;
  if (state.messages === 0) return { kind: 'empty', sequence };
  const id = await messageIdAt(streams, stream, sequence);
  const position = id === undefined ? undefined : positionOf(partition, id);
  return position === undefined ? { kind: 'empty', sequence } : { kind: 'at', position, sequence };
}

async function messageIdAt(
  streams: JetStreamManager['streams'],
  stream: string,
  sequence: number,
): Promise<string | undefined> {
  try {
    const message = await streams.getMessage(stream, { seq: sequence });
    return message.header.get('Nats-Msg-Id');
  } catch (error) {
    if (isMessageNotFound(error)) return undefined;
    throw error;
  }
}
