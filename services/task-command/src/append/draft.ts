import { randomUUID } from 'node:crypto';
import type { TaskState, TenantId } from '@greencloud/domain';
import { encodeTaskEvent, schemaVersionOf } from '@greencloud/event-log';
import type { Draft } from '../log/draft.ts';
import type { StoredEvent } from '../log/stored-event.ts';
import type { DecidedEvent } from './decide-batch.ts';

/** Made once: a batch that is sent again carries the same event ids. */
export function draftOf(
  partition: number,
  { request, event, expectedVersion, after }: DecidedEvent,
): Draft {
  return {
    partition,
    taskId: request.taskId,
    commandId: request.commandId,
    eventId: randomUUID(),
    tenantId: tenantOf(after.state),
    expectedVersion,
    type: event.type,
    schemaVersion: schemaVersionOf[event.type],
    data: encodeTaskEvent(event),
    idempotency: request.idempotency,
    content: request.content,
  };
}

export function storedEventOf(
  draft: Draft,
  place: { readonly position: bigint; readonly recordedAt: Date },
): StoredEvent {
  const { partition, taskId, type, eventId, commandId, tenantId, data, expectedVersion } = draft;
  return {
    partition,
    position: place.position,
    taskId,
    version: expectedVersion + 1,
    type,
    eventId,
    commandId,
    tenantId,
    recordedAt: place.recordedAt.getTime(),
    data,
  };
}

function tenantOf(state: TaskState): TenantId {
  if (state.status === 'unknown') throw new Error('no event leaves its task unknown');
  return state.tenantId;
}
