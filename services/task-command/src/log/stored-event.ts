import type { TaskEvent, TaskId, TenantId } from '@greencloud/domain';
import type { Selectable } from 'kysely';
import type { EventTable } from '../postgres/database.ts';

/** An event as it stands in the log. */
export interface StoredEvent {
  readonly partition: number;
  readonly position: bigint;
  readonly taskId: TaskId;
  readonly version: number;
  readonly type: TaskEvent['type'];
  readonly eventId: string;
  readonly commandId: string;
  readonly tenantId: TenantId;
  /** Unix milliseconds. */
  readonly recordedAt: number;
  /** The encoded TaskEvent. */
  readonly data: Uint8Array;
}

/** What `storedEvent` reads. */
export const eventColumns = [
  'partition',
  'position',
  'task_id',
  'version',
  'type',
  'event_id',
  'command_id',
  'tenant_id',
  'recorded_at',
  'data',
] as const;

export type EventRow = Pick<Selectable<EventTable>, (typeof eventColumns)[number]>;

/** Only the log's own writer puts rows there, so that ids and types need no second check. */
export function storedEvent(row: EventRow): StoredEvent {
  return {
    partition: row.partition,
    position: row.position,
    taskId: row.task_id as TaskId,
    version: row.version,
    type: row.type as TaskEvent['type'],
    eventId: row.event_id,
    commandId: row.command_id,
    tenantId: row.tenant_id as TenantId,
    recordedAt: row.recorded_at.getTime(),
    data: row.data,
  };
}
