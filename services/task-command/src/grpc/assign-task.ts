import { parseNodeId, parseTaskId, type TaskId } from '@greencloud/domain';
import type { AssignTask, AssignTaskResult } from '@greencloud/proto/task/v1/task_command';
import type { AppendAnswer, AppendRequest } from '../append/append-request.ts';
import type { StoredContent } from '../log/read-payloads.ts';
import { commandId, integer } from './fields.ts';
import { type ItemAnswer, unexpected } from './item-answer.ts';

const maxVersion = 2 ** 31 - 1;

/** Throws a DomainError for the first field that is wrong. */
export function assignRequest(item: AssignTask, deadline: number): AppendRequest {
  return {
    taskId: parseTaskId(item.taskId),
    commandId: commandId(item.commandId),
    command: {
      type: 'AssignTask',
      expectedVersion: integer('expected_version', item.expectedVersion, 1, maxVersion),
      nodeId: parseNodeId(item.nodeId),
      sessionEpoch: item.sessionEpoch,
    },
    content: undefined,
    idempotency: undefined,
    deadline,
  };
}

/** The tasks that were bound and have a payload, each once. */
export function boundWithPayload(answers: readonly ItemAnswer<AppendAnswer>[]): TaskId[] {
  const bound = answers.flatMap((answer) => {
    if (answer.kind === 'error' || answer.value.kind !== 'appended') return [];
    return answer.value.payload === 'kept' ? [answer.value.taskId] : [];
  });
  return [...new Set(bound)];
}

export function assignResult(
  answer: ItemAnswer<AppendAnswer>,
  payloads: ReadonlyMap<TaskId, StoredContent>,
): AssignTaskResult {
  if (answer.kind === 'error') return { result: { $case: 'error', value: answer.error } };
  const { value } = answer;
  if (value.kind !== 'appended' || value.event.type !== 'TaskAssigned') {
    return { result: { $case: 'error', value: unexpected } };
  }
  const payload = payloads.get(value.taskId);
  const assigned = { version: value.version, attempt: value.event.attempt };
  return {
    result: { $case: 'assigned', value: { ...assigned, ...(payload && { payload }) } },
  };
}
