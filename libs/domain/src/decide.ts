import type {
  AssignTask,
  CancelTask,
  ExpireTask,
  FinishTask,
  IssueTask,
  ReleaseTask,
  ReportProgress,
  TaskCommand,
} from './commands.ts';
import type { ErrorCode } from './errors.ts';
import {
  type AssignedTask,
  isNodeLoss,
  maxNodeLosses,
  type RunningTask,
  type TaskEvent,
  type TaskFinished,
  type TaskState,
} from './task.ts';

export type Decision =
  | { readonly kind: 'accepted'; readonly event: TaskEvent }
  /** The task already is as the command wants it. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string };

const unchanged: Decision = { kind: 'unchanged' };

function accept(event: TaskEvent): Decision {
  return { kind: 'accepted', event };
}

function refuse(code: ErrorCode, message: string): Decision {
  return { kind: 'refused', code, message };
}

function ended(outcome: TaskFinished['outcome'], attempt: number, status: number, detail: string) {
  return accept({ type: 'TaskFinished', attempt, outcome, status, detail, result: null });
}

function issue(command: IssueTask, state: TaskState): Decision {
  if (state.status !== 'unknown') return refuse('TASK_ALREADY_ISSUED', 'This task id is taken');
  return accept({ ...command, type: 'TaskIssued' });
}

function assign(command: AssignTask, state: TaskState): Decision {
  if (state.status === 'unknown') return refuse('TASK_NOT_FOUND', 'No such task');
  if (state.status === 'finished') return refuse('TASK_ALREADY_FINISHED', 'The task is finished');
  if (state.status !== 'issued' || state.version !== command.expectedVersion) {
    return refuse('CONFLICT', `The task is ${state.status} at version ${state.version}`);
  }
  const { nodeId, sessionEpoch } = command;
  return accept({ type: 'TaskAssigned', attempt: state.attempt + 1, nodeId, sessionEpoch });
}

type Held = AssignedTask | RunningTask;

/** The one fence: only the node that holds the present attempt is heard. */
function heldBy(command: { attempt: number; nodeId: string }, state: TaskState): Held | Decision {
  if (state.status === 'unknown') return refuse('TASK_NOT_FOUND', 'No such task');
  if (state.status === 'finished') return refuse('FENCED', 'The task is finished');
  if (state.status === 'issued') return refuse('FENCED', 'The attempt was released');
  if (state.attempt !== command.attempt || state.nodeId !== command.nodeId) {
    return refuse('FENCED', `The task is in attempt ${state.attempt}, not ${command.attempt}`);
  }
  return state;
}

function progress(command: ReportProgress, state: TaskState): Decision {
  const held = heldBy(command, state);
  if ('kind' in held) return held;
  if (held.status === 'running' && command.percent <= held.percent) return unchanged;
  return accept({ type: 'TaskProgressed', attempt: held.attempt, percent: command.percent });
}

function finish(command: FinishTask, state: TaskState): Decision {
  const held = heldBy(command, state);
  if ('kind' in held) return held;
  const { outcome, status, detail, result } = command;
  return accept({ type: 'TaskFinished', attempt: held.attempt, outcome, status, detail, result });
}

function release(command: ReleaseTask, state: TaskState): Decision {
  const held = heldBy(command, state);
  if ('kind' in held) return held;
  if (isNodeLoss(command.reason) && held.nodeLosses + 1 >= maxNodeLosses) {
    return ended('lost', held.attempt, 504, `The task lost its node ${maxNodeLosses} times`);
  }
  return accept({ type: 'TaskReleased', attempt: held.attempt, reason: command.reason });
}

function expire(command: ExpireTask, state: TaskState): Decision {
  if (state.status === 'unknown') return refuse('TASK_NOT_FOUND', 'No such task');
  if (state.status === 'finished') return refuse('TASK_ALREADY_FINISHED', 'The task is finished');
  if (state.status !== 'issued' || state.attempt !== command.attempt) {
    return refuse('CONFLICT', `The task is ${state.status} in attempt ${state.attempt}`);
  }
  return ended('expired', state.attempt, 504, 'No node took the task within its queue time');
}

function cancel(command: CancelTask, state: TaskState): Decision {
  if (state.status === 'unknown' || state.tenantId !== command.tenantId) {
    return refuse('TASK_NOT_FOUND', 'No such task');
  }
  if (state.status !== 'finished') {
    return ended('cancelled', state.attempt, 499, 'Cancelled by its owner');
  }
  if (state.outcome === 'cancelled') return unchanged;
  return refuse('TASK_ALREADY_FINISHED', `The task has ended: ${state.outcome}`);
}

/** What a command does to a task in a state. Pure: no clock, no ids, no I/O; refuses rather than throws. */
export function decide(command: TaskCommand, state: TaskState): Decision {
  switch (command.type) {
    case 'IssueTask':
      return issue(command, state);
    case 'AssignTask':
      return assign(command, state);
    case 'ReportProgress':
      return progress(command, state);
    case 'FinishTask':
      return finish(command, state);
    case 'ReleaseTask':
      return release(command, state);
    case 'ExpireTask':
      return expire(command, state);
    case 'CancelTask':
      return cancel(command, state);
    default:
      return command satisfies never;
  }
}
