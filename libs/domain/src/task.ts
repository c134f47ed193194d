/**
 * A task is one execution of one lambda.
 *
 * attempt    the fencing token: 1 for the first node that gets the task, one more for each next.
 *            Whatever an older attempt reports is refused as FENCED.
 * release    an attempt ended without a finish; the task waits again.
 * finish     the end. Exactly one per task, whoever dies: execution is at least once.
 * version    how many events the task has.
 */
import type { CodeVersion, LambdaId, NodeId, TenantId } from './ids.ts';

/** Demands on a node; 0 means none. `memSize` in MiB, `networkLatency` the most in ms. */
export interface Capabilities {
  readonly cpuCount: number;
  readonly memSize: number;
  readonly networkLatency: number;
  readonly privileged: boolean;
}

/** What is known of bytes kept beside the events; `hash` is their SHA-256 in hex. */
export interface ContentInfo {
  readonly size: number;
  readonly contentType: string;
  readonly hash: string;
}

export type TaskOutcome = 'succeeded' | 'failed' | 'timed_out' | 'cancelled' | 'expired' | 'lost';

export type ReleaseReason = 'node_lost' | 'drained' | 'refused' | 'unacknowledged';

export interface TaskIssued {
  readonly type: 'TaskIssued';
  readonly tenantId: TenantId;
  readonly lambdaId: LambdaId;
  readonly codeVersion: CodeVersion;
  readonly timeoutSeconds: number;
  readonly capabilities: Capabilities;
  readonly payload: ContentInfo | null;
}

export interface TaskAssigned {
  readonly type: 'TaskAssigned';
  readonly attempt: number;
  readonly nodeId: NodeId;
  readonly sessionEpoch: bigint;
}

export interface TaskProgressed {
  readonly type: 'TaskProgressed';
  readonly attempt: number;
  readonly percent: number;
}

export interface TaskReleased {
  readonly type: 'TaskReleased';
  readonly attempt: number;
  readonly reason: ReleaseReason;
}

export interface TaskFinished {
  readonly type: 'TaskFinished';
  /** 0 when no attempt was ever made. */
  readonly attempt: number;
  readonly outcome: TaskOutcome;
  readonly status: number;
  readonly detail: string;
  readonly result: ContentInfo | null;
}

export type TaskEvent = TaskIssued | TaskAssigned | TaskProgressed | TaskReleased | TaskFinished;

interface Known {
  readonly version: number;
  readonly tenantId: TenantId;
  readonly lambdaId: LambdaId;
  readonly codeVersion: CodeVersion;
  readonly timeoutSeconds: number;
  readonly capabilities: Capabilities;
  /** The last attempt made, 0 before the first. */
  readonly attempt: number;
  readonly nodeLosses: number;
}

export interface UnknownTask {
  readonly status: 'unknown';
  readonly version: 0;
}
/** Waits for a node. */
export interface WaitingTask extends Known {
  readonly status: 'issued';
}
export interface AssignedTask extends Known {
  readonly status: 'assigned';
  readonly nodeId: NodeId;
}
export interface RunningTask extends Known {
  readonly status: 'running';
  readonly nodeId: NodeId;
  readonly percent: number;
}
export interface FinishedTask extends Known {
  readonly status: 'finished';
  readonly outcome: TaskOutcome;
}

export type TaskState = UnknownTask | WaitingTask | AssignedTask | RunningTask | FinishedTask;

export const initialState: UnknownTask = { status: 'unknown', version: 0 };

/** Losses that end a task as `lost`: a task that has killed four nodes is likelier guilty than unlucky. */
export const maxNodeLosses = 5;

/** Losing its node is not the task's fault, but it is counted; a drain or a refusal is not. */
export function isNodeLoss(reason: ReleaseReason): boolean {
  return reason === 'node_lost' || reason === 'unacknowledged';
}
