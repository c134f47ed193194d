import { RecordedEvent as ProtoRecordedEvent } from '@greencloud/proto/task/v1/event';
import type { Envelope } from '../recorded-event.ts';

// `TaskEvent event = 9`, length-delimited.
const eventTag = (9 << 3) | 2;

/**
 * The body of a NATS message from the bytes of the log's `data` column, as they are: a relay passes
 * on events of a newer release, which it could not read.
 */
export function encodeStoredEvent(envelope: Envelope, data: Uint8Array): Uint8Array {
  const { partition, position, taskId, version, eventId, commandId, tenantId } = envelope;
  const recordedAt = BigInt(envelope.recordedAt);
  const ids = { taskId, version, eventId, commandId, tenantId };
  const head = { partition, position, ...ids, recordedAt, event: undefined };
  return ProtoRecordedEvent.encode(head).uint32(eventTag).bytes(data).finish();
}
