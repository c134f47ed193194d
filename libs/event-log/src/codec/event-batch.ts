import { EventBatch as ProtoEventBatch } from '@greencloud/proto/task/v1/event';
import type { RecordedEvent } from '../recorded-event.ts';
import { EventCodecError } from './codec-error.ts';
import { fromProtoRecordedEvent, toProtoRecordedEvent } from './recorded-event.ts';
import { varintBytes, writeBytes } from './wire.ts';

// `repeated RecordedEvent events = 1` of EventBatch.
const eventsField = 1;

/** The body of a NATS message. */
export function encodeEventBatch(events: readonly RecordedEvent[]): Uint8Array {
  return ProtoEventBatch.encode({ events: events.map(toProtoRecordedEvent) }).finish();
}

/** An encoded RecordedEvent as a batch of its own; batches one behind the other are one batch. */
export function batchOfOne(event: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(1 + varintBytes(event.byteLength) + event.byteLength);
  writeBytes(bytes, 0, eventsField, event);
  return bytes;
}

/**
 * At least one event. Throws EventCodecError when the bytes are no batch or an envelope in it cannot
 * be read; an event that cannot becomes `Unreadable`.
 */
export function decodeEventBatch(bytes: Uint8Array): RecordedEvent[] {
  const { events } = parse(bytes);
  // What is no batch at all may well be read as one with fields that this release does not know.
  if (events.length === 0) throw new EventCodecError('malformed', 'The batch has no event');
  return events.map(fromProtoRecordedEvent);
}

function parse(bytes: Uint8Array): ProtoEventBatch {
  try {
    return ProtoEventBatch.decode(bytes);
  } catch (error) {
    throw new EventCodecError('malformed', `The bytes are no batch of events: ${String(error)}`);
  }
}
