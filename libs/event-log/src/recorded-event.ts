import type { TaskEvent, TaskId, TenantId } from '@greencloud/domain';

/** Where and when an event stands in the log. */
export interface Envelope {
  readonly partition: number;
  /** Dense in its partition: 1, 2, 3, … */
  readonly position: bigint;
  readonly taskId: TaskId;
  /** Dense in its task: 1, 2, 3, … */
  readonly version: number;
  readonly eventId: string;
  readonly commandId: string;
  readonly tenantId: TenantId;
  /** Unix ms, the database's clock at the append. */
  readonly recordedAt: number;
}

export type UnreadableReason =
  /** Written by a newer release: an event that this one has no name for. Upgrade this service. */
  | 'unknown_event'
  /** Written by a newer release: a known event in a later schema version. Upgrade this service. */
  | 'newer_schema'
  /** No release writes this: a value out of its range, or bytes that are no event. */
  | 'malformed';

/** Stands in the place of an event that this release cannot read: its position is known, its meaning not. */
export interface UnreadableEvent {
  readonly type: 'Unreadable';
  readonly reason: UnreadableReason;
  readonly detail: string;
}

export interface RecordedEvent extends Envelope {
  readonly event: TaskEvent | UnreadableEvent;
}
