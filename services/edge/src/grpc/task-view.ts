import { contentInfoFromProto, outcomeFromProto } from '@greencloud/event-log';
import { TaskState as ProtoState } from '@greencloud/proto/task/v1/task';
import type { TaskView as ProtoTaskView } from '@greencloud/proto/task/v1/task_query';
import type { TaskView, ViewState } from '../tasks/task-view.ts';

const protoOfState: Record<ViewState, ProtoState> = {
  issued: ProtoState.TASK_STATE_ISSUED,
  assigned: ProtoState.TASK_STATE_ASSIGNED,
  running: ProtoState.TASK_STATE_RUNNING,
  finished: ProtoState.TASK_STATE_FINISHED,
};

const stateOfProto = new Map<ProtoState, ViewState>(
  (Object.keys(protoOfState) as ViewState[]).map((state) => [protoOfState[state], state]),
);

const noDemands = { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false };

export function stateToProto(state: ViewState | undefined): ProtoState {
  return state === undefined ? ProtoState.TASK_STATE_UNSPECIFIED : protoOfState[state];
}

export function taskViewOf(proto: ProtoTaskView): TaskView {
  const { capabilities, result } = proto;
  return {
    taskId: proto.taskId,
    lambdaId: proto.lambdaId,
    issuedAt: Number(proto.issuedAt),
    assignedAt: Number(proto.assignedAt),
    finishedAt: Number(proto.finishedAt),
    progress: proto.progress,
    nodeId: proto.nodeId,
    timeoutSeconds: proto.timeoutSeconds,
    capabilities: capabilities ?? noDemands,
    state: stateOfProto.get(proto.state) ?? 'issued',
    outcome: outcomeFromProto(proto.outcome),
    status: proto.status,
    attempt: proto.attempt,
    version: proto.version,
    detail: proto.detail,
    result: result === undefined ? undefined : contentInfoFromProto(result),
  };
}
