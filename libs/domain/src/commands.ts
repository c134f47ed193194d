import type { NodeId, TenantId } from './ids.ts';
import type { ContentInfo, ReleaseReason, TaskIssued, TaskOutcome } from './task.ts';

export interface IssueTask extends Omit<TaskIssued, 'type'> {
  readonly type: 'IssueTask';
}

export interface AssignTask {
  readonly type: 'AssignTask';
  /** The version the scheduler saw. */
  readonly expectedVersion: number;
  readonly nodeId: NodeId;
  readonly sessionEpoch: bigint;
}

/** Who reports of an attempt: both must be the task's present ones. */
interface OfAttempt {
  readonly attempt: number;
  readonly nodeId: NodeId;
}

export interface ReportProgress extends OfAttempt {
  readonly type: 'ReportProgress';
  readonly percent: number;
}

export interface FinishTask extends OfAttempt {
  readonly type: 'FinishTask';
  readonly outcome: TaskOutcome;
  readonly status: number;
  readonly detail: string;
  readonly result: ContentInfo | null;
}

export interface ReleaseTask extends OfAttempt {
  readonly type: 'ReleaseTask';
  readonly reason: ReleaseReason;
}

/** The task waited past its limit after this attempt (0: none). */
export interface ExpireTask {
  readonly type: 'ExpireTask';
  readonly attempt: number;
}

export interface CancelTask {
  readonly type: 'CancelTask';
  readonly tenantId: TenantId;
}

export type TaskCommand =
  | IssueTask
  | AssignTask
  | ReportProgress
  | FinishTask
  | ReleaseTask
  | ExpireTask
  | CancelTask;
