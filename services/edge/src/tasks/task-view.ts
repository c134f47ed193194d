import type { Capabilities, ContentInfo, TaskOutcome, TaskState } from '@greencloud/domain';

export type ViewState = Exclude<TaskState['status'], 'unknown'>;

/** A task as the projection knows it. Times are Unix milliseconds, 0 for what has not happened yet. */
export interface TaskView {
  readonly taskId: string;
  readonly lambdaId: string;
  readonly issuedAt: number;
  readonly assignedAt: number;
  readonly finishedAt: number;
  readonly progress: number;
  /** Empty: no node. */
  readonly nodeId: string;
  readonly timeoutSeconds: number;
  readonly capabilities: Capabilities;
  readonly state: ViewState;
  readonly outcome: TaskOutcome | undefined;
  readonly status: number;
  readonly attempt: number;
  readonly version: number;
  readonly detail: string;
  readonly result: ContentInfo | undefined;
}

/** The end of a task: what its result route tells. */
export interface TaskEnd {
  /** The last: nothing happens to a task after its end. */
  readonly version: number;
  readonly outcome: TaskOutcome;
  readonly status: number;
  readonly detail: string;
  readonly result: ContentInfo | undefined;
}

/** Undefined while the task is not finished. */
export function endOf(view: TaskView): TaskEnd | undefined {
  const { outcome, version, status, detail, result } = view;
  return outcome === undefined ? undefined : { version, outcome, status, detail, result };
}
