import {
  initialState,
  isNodeLoss,
  type TaskEvent,
  type TaskIssued,
  type TaskState,
  type UnknownTask,
  type WaitingTask,
} from './task.ts';

type KnownTask = Exclude<TaskState, UnknownTask>;

function issue(event: TaskIssued): WaitingTask {
  const { tenantId, lambdaId, codeVersion, timeoutSeconds, capabilities } = event;
  return {
    status: 'issued',
    version: 1,
    attempt: 0,
    nodeLosses: 0,
    tenantId,
    lambdaId,
    codeVersion,
    timeoutSeconds,
    capabilities,
  };
}

function known(state: KnownTask) {
  const { tenantId, lambdaId, codeVersion, timeoutSeconds, capabilities } = state;
  const { attempt, nodeLosses } = state;
  const version = state.version + 1;
  return {
    version,
    tenantId,
    lambdaId,
    codeVersion,
    timeoutSeconds,
    capabilities,
    attempt,
    nodeLosses,
  };
}

function nodeOf(state: KnownTask) {
  if (state.status === 'assigned' || state.status === 'running') return state.nodeId;
  throw new Error(`The log is damaged: progress of a task that is ${state.status}`);
}

/** The state after an event that the log holds. Throws when the event cannot follow: the log is damaged. */
export function evolve(state: TaskState, event: TaskEvent): TaskState {
  if (event.type === 'TaskIssued') {
    if (state.status !== 'unknown') throw new Error('The log is damaged: a task issued twice');
    return issue(event);
  }
  if (state.status === 'unknown' || state.status === 'finished') {
    throw new Error(`The log is damaged: ${event.type} of a task that is ${state.status}`);
  }
  switch (event.type) {
    case 'TaskAssigned':
      return { ...known(state), status: 'assigned', attempt: event.attempt, nodeId: event.nodeId };
    case 'TaskProgressed':
      return { ...known(state), status: 'running', nodeId: nodeOf(state), percent: event.percent };
    case 'TaskReleased': {
      const losses = state.nodeLosses + (isNodeLoss(event.reason) ? 1 : 0);
      return { ...known(state), status: 'issued', nodeLosses: losses };
    }
    case 'TaskFinished':
      return { ...known(state), status: 'finished', outcome: event.outcome };
    default:
      return event satisfies never;
  }
}

/** A whole stream, from its first event. */
export function fold(events: Iterable<TaskEvent>): TaskState {
  let state: TaskState = initialState;
  for (const event of events) state = evolve(state, event);
  return state;
}
