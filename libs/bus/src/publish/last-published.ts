import type { JetStreamManager, StoredMsg } from 'nats';
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
  const message = await messageAt(streams, stream, sequence);
  if (message === undefined) return { kind: 'empty', sequence };
  const position = positionOf(partition, message.header.get('Nats-Msg-Id'));
  if (position === undefined) return { kind: 'empty', sequence };
  return { kind: 'at', position, sequence, bytes: message.data };
}

async function messageAt(
  streams: JetStreamManager['streams'],
  stream: string,
  sequence: number,
): Promise<StoredMsg | undefined> {
  try {
    return await streams.getMessage(stream, { seq: sequence });
  } catch (error) {
    if (isMessageNotFound(error)) return undefined;
    throw error;
  }
}
