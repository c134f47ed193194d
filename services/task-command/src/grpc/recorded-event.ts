import { type RecordedEvent, TaskEvent } from '@greencloud/proto/task/v1/event';
import type { StoredEvent } from '../log/stored-event.ts';

export function recordedEvent(stored: StoredEvent): RecordedEvent {
  const { partition, position, taskId, version, eventId, commandId, tenantId } = stored;
  return {
    partition,
    position,
    taskId,
    version,
    eventId,
    commandId,
    tenantId,
    recordedAt: BigInt(stored.recordedAt),
    event: TaskEvent.decode(stored.data),
  };
}
