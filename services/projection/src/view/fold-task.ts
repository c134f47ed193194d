import type { TaskFinished, TaskIssued } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import type { TaskRow } from './task-row.ts';

export type UnappliableReason =
  /** A newer release wrote it, or nobody did: the codec's reason is in the message. */
  | 'unreadable'
  /** An event before it is missing. */
  | 'version_gap'
  /** The rules do not allow it after what came before: a damaged log, or a bug of the view. */
  | 'out_of_turn'
  /** Postgres does not take a value of it. */
  | 'unstorable';

/** An event that cannot be folded into its task's row. */
export class UnappliableEventError extends Error {
  override readonly name = 'UnappliableEventError';
  readonly reason: UnappliableReason;
  readonly recorded: RecordedEvent;

  constructor(reason: UnappliableReason, recorded: RecordedEvent, detail: string) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
    this.recorded = recorded;
  }
}

/**
 * The row after some events of its task: the one way from events to what is read, for the
 * follower, the rebuild and the read that misses. What the row has already is passed over.
 * Throws UnappliableEventError.
 */
export function foldTask(
  row: TaskRow | undefined,
  events: Iterable<RecordedEvent>,
): TaskRow | undefined {
  for (const recorded of events) row = foldEvent(row, recorded);
  return row;
}

export function foldEvent(row: TaskRow | undefined, recorded: RecordedEvent): TaskRow {
  const version = row?.version ?? 0;
  if (row !== undefined && recorded.version <= version) return row;
  if (recorded.version !== version + 1) {
    throw unappliable('version_gap', recorded, `version ${recorded.version} after ${version}`);
  }
  const { event } = recorded;
  if (event.type === 'Unreadable') {
    throw unappliable('unreadable', recorded, `${event.reason}, ${event.detail}`);
  }
  if (row === undefined) {
    if (event.type === 'TaskIssued') return issuedRow(recorded, event);
    throw unappliable('out_of_turn', recorded, `a task begins with ${event.type}`);
  }
  if (event.type === 'TaskIssued' || row.state === 'finished') {
    throw unappliable('out_of_turn', recorded, `${event.type} of a task that is ${row.state}`);
  }
  const next = { ...row, version: recorded.version };
  switch (event.type) {
    case 'TaskAssigned': {
      const { attempt, nodeId } = event;
      return { ...next, state: 'assigned', assignedAt: recorded.recordedAt, attempt, nodeId };
    }
    case 'TaskProgressed':
      return { ...next, state: 'running', progress: event.percent };
    case 'TaskReleased':
      // It waits again: who had it and how far it came is no longer true.
      return { ...next, state: 'issued', assignedAt: null, nodeId: null, progress: 0 };
    case 'TaskFinished':
      return { ...next, ...finished(event, row), finishedAt: recorded.recordedAt };
    default:
      return event satisfies never;
  }
}

function issuedRow(recorded: RecordedEvent, event: TaskIssued): TaskRow {
  const { lambdaId, codeVersion, timeoutSeconds, capabilities } = event;
  return {
    taskId: recorded.taskId,
    tenantId: event.tenantId,
    lambdaId,
    codeVersion,
    issuedAt: recorded.recordedAt,
    assignedAt: null,
    finishedAt: null,
    progress: 0,
    nodeId: null,
    timeoutSeconds,
    capabilities,
    state: 'issued',
    outcome: null,
    status: 0,
    attempt: 0,
    version: 1,
    detail: '',
    result: null,
  };
}

function finished({ outcome, status, detail, result }: TaskFinished, row: TaskRow) {
  const progress = outcome === 'succeeded' ? 100 : row.progress;
  return {
    state: 'finished',
    outcome,
    status,
    detail: storable(detail),
    result,
    progress,
  } as const;
}

/** A message may hold whatever its lambda threw, and a text of Postgres every character but NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u{fffd}');
}

function unappliable(reason: UnappliableReason, recorded: RecordedEvent, detail: string) {
  return new UnappliableEventError(reason, recorded, detail);
}
