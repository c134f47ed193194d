import {
  DomainError,
  parseLambdaId,
  parseNodeId,
  parseTaskId,
  parseTenantId,
  type TaskOutcome,
} from '@greencloud/domain';
import { outcomeFromProto } from '@greencloud/event-log';
import {
  TaskOutcome as ProtoTaskOutcome,
  TaskState as ProtoTaskState,
} from '@greencloud/proto/task/v1/task';
import type {
  ListTasksRequest,
  TaskKey as ProtoTaskKey,
} from '@greencloud/proto/task/v1/task_query';
import type { ListFilter } from '../query/list-filter.ts';
import type { TaskKey } from '../query/task-key.ts';
import type { TaskRowState } from '../view/task-row.ts';

const stateOfProto: Partial<Record<ProtoTaskState, TaskRowState>> = {
  [ProtoTaskState.TASK_STATE_ISSUED]: 'issued',
  [ProtoTaskState.TASK_STATE_ASSIGNED]: 'assigned',
  [ProtoTaskState.TASK_STATE_RUNNING]: 'running',
  [ProtoTaskState.TASK_STATE_FINISHED]: 'finished',
};

const defaultPageSize = 100;
const maxPageSize = 1_000;

export function toTaskKey(key: ProtoTaskKey | undefined): TaskKey {
  if (key === undefined) throw new DomainError('INVALID_PARAMETER', 'The request has no key');
  return {
    tenantId: parseTenantId(key.tenantId),
    taskId: parseTaskId(key.taskId),
    minVersion: key.minVersion,
  };
}

/** A page that is too large is made smaller, as AIP-158 wants. */
export function toPageSize(pageSize: number): number {
  return pageSize === 0 ? defaultPageSize : Math.min(pageSize, maxPageSize);
}

export function toListFilter(request: ListTasksRequest): ListFilter {
  return {
    tenantId: parseTenantId(request.tenantId),
    state: toState(request.state),
    outcome: toOutcome(request.outcome),
    lambdaId: request.lambdaId === '' ? null : parseLambdaId(request.lambdaId),
    nodeId: request.nodeId === '' ? null : parseNodeId(request.nodeId),
    issuedAfter: toMoment(request.issuedAfter, 'issued_after'),
    issuedBefore: toMoment(request.issuedBefore, 'issued_before'),
    order: request.oldestFirst ? 'oldest_first' : 'newest_first',
  };
}

function toState(state: ProtoTaskState): TaskRowState | null {
  if (state === ProtoTaskState.TASK_STATE_UNSPECIFIED) return null;
  return stateOfProto[state] ?? unknown('state');
}

function toOutcome(outcome: ProtoTaskOutcome): TaskOutcome | null {
  if (outcome === ProtoTaskOutcome.TASK_OUTCOME_UNSPECIFIED) return null;
  return outcomeFromProto(outcome) ?? unknown('outcome');
}

function unknown(name: string): never {
  throw new DomainError('INVALID_PARAMETER', `There is no such ${name}`);
}

/** Unix ms as a number; 0 for no bound. */
function toMoment(value: bigint, name: string): number | null {
  if (value === 0n) return null;
  return toUnixMs(value, name);
}

export function toUnixMs(value: bigint, name: string): number {
  if (value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw new DomainError('INVALID_PARAMETER', `${name} is no time`);
}
