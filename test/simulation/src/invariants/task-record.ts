import type { NodeId, TaskEvent, TaskIssued, TaskOutcome } from '@greencloud/domain';

/** A task as these checks fold it, by rules of their own: the product's are what is checked. */
export interface TaskRecord {
  readonly taskId: string;
  readonly partition: number;
  readonly issued: TaskIssued;
  readonly issuedAt: number;
  version: number;
  attempt: number;
  losses: number;
  state: 'issued' | 'assigned' | 'running' | 'finished';
  nodeId: NodeId | null;
  percent: number;
  outcome: TaskOutcome | null;
  status: number;
  assignedAt: number | null;
  finishedAt: number | null;
}

export function newRecord(
  issued: TaskIssued,
  at: { taskId: string; partition: number; recordedAt: number },
): TaskRecord {
  return {
    taskId: at.taskId,
    partition: at.partition,
    issued,
    issuedAt: at.recordedAt,
    version: 1,
    attempt: 0,
    losses: 0,
    state: 'issued',
    nodeId: null,
    percent: 0,
    outcome: null,
    status: 0,
    assignedAt: null,
    finishedAt: null,
  };
}

/** Changes the record. Answers why the event cannot follow, if it cannot. */
export function advance(task: TaskRecord, event: TaskEvent, at: number): string | undefined {
  if (task.state === 'finished') return `${event.type} after the finish`;
  const isHeld = task.state === 'assigned' || task.state === 'running';
  task.version += 1;
  switch (event.type) {
    case 'TaskIssued':
      return 'issued twice';
    case 'TaskAssigned': {
      if (isHeld) return 'assigned while a node has it';
      const { attempt, nodeId } = event;
      Object.assign(task, { attempt, nodeId, state: 'assigned', assignedAt: at });
      return undefined;
    }
    case 'TaskProgressed': {
      if (!isHeld) return 'progress while no node has it';
      const fell = task.state === 'running' && event.percent <= task.percent;
      Object.assign(task, { state: 'running', percent: event.percent });
      return fell ? 'progress that does not rise' : undefined;
    }
    case 'TaskReleased':
      if (!isHeld) return 'released while no node has it';
      if (event.reason === 'node_lost' || event.reason === 'unacknowledged') task.losses += 1;
      Object.assign(task, { state: 'issued', nodeId: null, percent: 0, assignedAt: null });
      return undefined;
    case 'TaskFinished': {
      const { outcome, status } = event;
      const percent = outcome === 'succeeded' ? 100 : task.percent;
      Object.assign(task, { state: 'finished', outcome, status, percent, finishedAt: at });
      return undefined;
    }
    default:
      return event satisfies never;
  }
}
