import type { CancelTask, FinishTask, IssueTask, ReleaseTask, ReportProgress } from './commands.ts';
import { type NodeId, parseCodeVersion, parseLambdaId, parseNodeId, parseTenantId } from './ids.ts';
import type {
  ReleaseReason,
  TaskAssigned,
  TaskFinished,
  TaskIssued,
  TaskProgressed,
  TaskReleased,
} from './task.ts';

export const nodeA = parseNodeId('1a061cfd-df01-4b02-a067-5122c5941e15');
export const nodeB = parseNodeId('2b061cfd-df01-4b02-a067-5122c5941e15');
export const tenant = parseTenantId('5f0000000000000000000001');
export const otherTenant = parseTenantId('5f0000000000000000000002');

export const issued: TaskIssued = {
  type: 'TaskIssued',
  tenantId: tenant,
  lambdaId: parseLambdaId('64058fee9956fae80d7e0e8e'),
  codeVersion: parseCodeVersion('64058fee9956fae80d7e0e8f'),
  timeoutSeconds: 10,
  capabilities: { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false },
  payload: null,
};
export const issue: IssueTask = { ...issued, type: 'IssueTask' };
export const cancel: CancelTask = { type: 'CancelTask', tenantId: tenant };

export function assigned(attempt: number, nodeId: NodeId): TaskAssigned {
  return { type: 'TaskAssigned', attempt, nodeId, sessionEpoch: 7n };
}

export function progressed(attempt: number, percent: number): TaskProgressed {
  return { type: 'TaskProgressed', attempt, percent };
}

export function progress(attempt: number, nodeId: NodeId, percent: number): ReportProgress {
  return { type: 'ReportProgress', attempt, nodeId, percent };
}

export function released(attempt: number, reason: ReleaseReason): TaskReleased {
  return { type: 'TaskReleased', attempt, reason };
}

export function release(attempt: number, nodeId: NodeId, reason: ReleaseReason): ReleaseTask {
  return { type: 'ReleaseTask', attempt, nodeId, reason };
}

const success = { outcome: 'succeeded', status: 200, detail: '', result: null } as const;

export function succeeded(attempt: number): TaskFinished {
  return { type: 'TaskFinished', attempt, ...success };
}

export function finish(attempt: number, nodeId: NodeId): FinishTask {
  return { type: 'FinishTask', attempt, nodeId, ...success };
}
