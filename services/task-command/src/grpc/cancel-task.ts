import { parseTaskId, parseTenantId } from '@greencloud/domain';
import type { AppendResult, CancelTask } from '@greencloud/proto/task/v1/task_command';
import type { AppendAnswer, AppendRequest } from '../append/append-request.ts';
import { commandId } from './fields.ts';
import type { ItemAnswer } from './item-answer.ts';

/** Throws a DomainError for the first field that is wrong. */
export function cancelRequest(item: CancelTask, deadline: number): AppendRequest {
  return {
    taskId: parseTaskId(item.taskId),
    commandId: commandId(item.commandId),
    command: { type: 'CancelTask', tenantId: parseTenantId(item.tenantId) },
    content: undefined,
    idempotency: undefined,
    deadline,
  };
}

export function appendResult(answer: ItemAnswer<AppendAnswer>): AppendResult {
  if (answer.kind === 'error') return { result: { $case: 'error', value: answer.error } };
  return { result: { $case: 'appended', value: { version: answer.value.version } } };
}
