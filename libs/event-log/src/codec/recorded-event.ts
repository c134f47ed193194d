import { DomainError, parseTaskId, parseTenantId } from '@greencloud/domain';
import type { RecordedEvent as ProtoRecordedEvent } from '@greencloud/proto/task/v1/event';
import type { Envelope, RecordedEvent, UnreadableEvent } from '../recorded-event.ts';
import { EventCodecError } from './codec-error.ts';
import { fromProtoTaskEvent, toProtoTaskEvent } from './task-event.ts';

/** An unreadable event keeps its envelope and loses its body. */
export function toProtoRecordedEvent(recorded: RecordedEvent): ProtoRecordedEvent {
  const { partition, position, taskId, version, eventId, commandId, tenantId, event } = recorded;
  return {
    partition,
    position,
    taskId,
    version,
    eventId,
    commandId,
    tenantId,
    recordedAt: BigInt(recorded.recordedAt),
    event: event.type === 'Unreadable' ? undefined : toProtoTaskEvent(event),
  };
}

/** Throws EventCodecError when even the envelope cannot be read; an event in it becomes `Unreadable`. */
export function fromProtoRecordedEvent(proto: ProtoRecordedEvent): RecordedEvent {
  return { ...envelopeOf(proto), event: eventOf(proto) };
}

function envelopeOf(proto: ProtoRecordedEvent): Envelope {
  const { partition, position, version, eventId, commandId } = proto;
  if (position === 0n || version === 0) {
    throw new EventCodecError('malformed', 'The recorded event has no position or no version');
  }
  try {
    const taskId = parseTaskId(proto.taskId);
    const tenantId = parseTenantId(proto.tenantId);
    const recordedAt = Number(proto.recordedAt);
    return { partition, position, taskId, version, eventId, commandId, tenantId, recordedAt };
  } catch (error) {
    if (error instanceof DomainError) throw new EventCodecError('malformed', error.message);
    throw error;
  }
}

function eventOf(proto: ProtoRecordedEvent): RecordedEvent['event'] {
  if (proto.event === undefined) return unreadable('malformed', 'The recorded event has no event');
  try {
    return fromProtoTaskEvent(proto.event);
  } catch (error) {
    if (error instanceof EventCodecError) return unreadable(error.reason, error.message);
    throw error;
  }
}

function unreadable(reason: UnreadableEvent['reason'], detail: string): UnreadableEvent {
  return { type: 'Unreadable', reason, detail };
}
