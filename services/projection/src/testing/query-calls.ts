import { DomainError, type TaskId } from '@greencloud/domain';
import { TaskOutcome, TaskState } from '@greencloud/proto/task/v1/task';
import type { ListTasksRequest } from '@greencloud/proto/task/v1/task_query';
import { taskNumber, tenants } from './stories.ts';

export const [mine, theirs] = tenants;
export const one = taskNumber(1);
export const two = taskNumber(2);
export const three = taskNumber(3);

export function keyOf(taskId: TaskId = one, tenantId: string = mine, minVersion = 0) {
  return { taskId, tenantId, minVersion };
}

/** The first page of all that is mine. */
export const listOf: ListTasksRequest = {
  tenantId: mine,
  pageSize: 0,
  pageToken: '',
  state: TaskState.TASK_STATE_UNSPECIFIED,
  outcome: TaskOutcome.TASK_OUTCOME_UNSPECIFIED,
  lambdaId: '',
  nodeId: '',
  issuedAfter: 0n,
  issuedBefore: 0n,
  oldestFirst: false,
};

/** The code with which a call is refused. */
export async function codeOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof DomainError ? error.code : error;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
