import {
  type AssignedTask,
  evolve,
  initialState,
  type NodeId,
  type RunningTask,
  type TaskEvent,
  type TaskId,
  type TaskState,
  type WaitingTask,
} from '@greencloud/domain';
import type { Envelope } from '@greencloud/event-log';

/** A node that must not get the task again before `until` (Unix ms). */
export interface Ban {
  readonly nodeId: NodeId;
  readonly until: number;
}

export type OpenState = WaitingTask | AssignedTask | RunningTask;

/** What the scheduler knows of a task that has no finish. All times are the log's, in Unix ms. */
export interface OpenTask {
  readonly taskId: TaskId;
  readonly partition: number;
  readonly state: OpenState;
  /** Bytes; `none` is less than an empty one. */
  readonly payloadSize: number | 'none';
  readonly issuedAt: number;
  /** Since when it waits, or has the node it has. */
  readonly since: number;
  /** Of the node's session that the present attempt was given to; 0 while it waits. */
  readonly sessionEpoch: bigint;
  readonly bans: readonly Ban[];
}

/** A running or an assigned task, which has a node. */
export type HeldTask = OpenTask & { readonly state: AssignedTask | RunningTask };

export function isHeld(task: OpenTask): task is HeldTask {
  return task.state.status !== 'issued';
}

// Long enough for another node to be found, short enough that a node which was merely full is
// asked again before the task's owner wonders.
const banMs = 30_000;
const noBans: readonly Ban[] = [];

/** The task after one of its events; `finished` after the last. Throws when the log is damaged. */
export function evolveTask(
  before: OpenTask | undefined,
  envelope: Envelope,
  event: TaskEvent,
): OpenTask | 'finished' {
  const state = evolve(before?.state ?? initialState, event);
  if (!isOpen(state)) return 'finished';
  const { recordedAt } = envelope;
  const isProgress = before !== undefined && event.type === 'TaskProgressed';
  return {
    // Not the event's own copies of what is kept already.
    taskId: before?.taskId ?? envelope.taskId,
    partition: envelope.partition,
    state,
    payloadSize: before?.payloadSize ?? payloadSizeOf(event),
    issuedAt: before?.issuedAt ?? recordedAt,
    since: isProgress ? before.since : recordedAt,
    sessionEpoch: isProgress ? before.sessionEpoch : sessionEpochOf(event),
    bans: isHeldNow(state) ? (before?.bans ?? noBans) : bansAfter(before, event, recordedAt),
  };
}

function isOpen(state: TaskState): state is OpenState {
  return state.status !== 'unknown' && state.status !== 'finished';
}

function isHeldNow(state: OpenState): boolean {
  return state.status !== 'issued';
}

function payloadSizeOf(event: TaskEvent): number | 'none' {
  return event.type === 'TaskIssued' && event.payload !== null ? event.payload.size : 'none';
}

function sessionEpochOf(event: TaskEvent): bigint {
  return event.type === 'TaskAssigned' ? event.sessionEpoch : 0n;
}

/** From the log rather than from memory, so that every replica and every restart knows of it. */
function bansAfter(before: OpenTask | undefined, event: TaskEvent, at: number): readonly Ban[] {
  if (before === undefined || !isHeld(before) || event.type !== 'TaskReleased') {
    return noBans;
  }
  const stillBanned = before.bans.filter(({ until }) => until > at);
  if (event.reason !== 'refused' && event.reason !== 'unacknowledged') {
    return stillBanned.length === 0 ? noBans : stillBanned;
  }
  return [...stillBanned, { nodeId: before.state.nodeId, until: at + banMs }];
}
