import { capabilitiesToProto, contentInfoToProto, outcomeToProto } from '@greencloud/event-log';
import {
  TaskOutcome as ProtoTaskOutcome,
  TaskState as ProtoTaskState,
} from '@greencloud/proto/task/v1/task';
import type { TaskView } from '@greencloud/proto/task/v1/task_query';
import type { TaskRow, TaskRowState } from '../view/task-row.ts';

const protoOfState: Record<TaskRowState, ProtoTaskState> = {
  issued: ProtoTaskState.TASK_STATE_ISSUED,
  assigned: ProtoTaskState.TASK_STATE_ASSIGNED,
  running: ProtoTaskState.TASK_STATE_RUNNING,
  finished: ProtoTaskState.TASK_STATE_FINISHED,
};

export function toTaskView(row: TaskRow): TaskView {
  const { taskId, tenantId, lambdaId, codeVersion, progress, timeoutSeconds } = row;
  const { status, attempt, version, detail } = row;
  return {
    taskId,
    tenantId,
    lambdaId,
    codeVersion,
    issuedAt: BigInt(row.issuedAt),
    assignedAt: BigInt(row.assignedAt ?? 0),
    finishedAt: BigInt(row.finishedAt ?? 0),
    progress,
    nodeId: row.nodeId ?? '',
    timeoutSeconds,
    capabilities: capabilitiesToProto(row.capabilities),
    state: protoOfState[row.state],
    outcome:
      row.outcome === null
        ? ProtoTaskOutcome.TASK_OUTCOME_UNSPECIFIED
        : outcomeToProto(row.outcome),
    status,
    attempt,
    version,
    detail,
    ...(row.result === null ? {} : { result: contentInfoToProto(row.result) }),
  };
}
