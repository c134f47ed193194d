import { randomUUID } from 'node:crypto';
import { DomainError, type TenantId } from '@greencloud/domain';
import { IssueTask, type IssueTaskResult } from '@greencloud/proto/task/v1/task_command';
import { ObjectId } from 'bson';
import type { Idempotency, IssuedTask, NewTask, TaskCommands } from '../tasks/task-services.ts';
import type { TaskCommandClient } from './backends.ts';
import type { Coalescing } from './coalescing.ts';
import { itemErrorOf, missingResult } from './item-error.ts';
import type { VersionsSeen } from './versions-seen.ts';

// As many as task-command commits at once.
const maxItems = 256;
const maxBytes = 1024 * 1024;
const maxWaiting = 4_096;
const itemOverhead = 256;

/** Issuing is coalesced: while one call is in flight, everything that arrives is the next one. */
export function batchTaskCommands(
  client: TaskCommandClient,
  coalesce: Coalescing,
  versions: VersionsSeen,
): TaskCommands {
  const issues = coalesce<IssueTask, IssuedTask>('issueTasks', {
    maxItems,
    maxBytes,
    maxWaiting,
    sizeOf: ({ payload }) => itemOverhead + (payload?.body.length ?? 0),
    async run(tasks) {
      const { results } = await client.unary('issueTasks', { tasks });
      return results.map(issuedOf);
    },
  });
  return {
    issue: (task) => issues.submit(issueOf(task)),
    replay: (tenantId, idempotency) =>
      issues.submit(replayOf(tenantId, idempotency)).catch((error: unknown) => {
        if (error instanceof DomainError && error.code === 'TASK_NOT_FOUND') return undefined;
        throw error;
      }),
    async cancel({ tenantId, taskId }, signal) {
      const tasks = [{ tenantId, taskId, commandId: randomUUID() }];
      const { results } = await client.unary('cancelTasks', { tasks }, { signal });
      const result = results[0]?.result;
      if (result === undefined) throw missingResult();
      if (result.$case === 'error') throw itemErrorOf(result.value);
      versions.note(taskId, result.value.version);
      return result.value.version;
    },
  };
}

// Both ids are chosen before the first try, so that a repeated call has no second effect.
function issueOf({ capabilities, payload, idempotency, ...task }: NewTask): IssueTask {
  return {
    ...task,
    taskId: new ObjectId().toHexString(),
    commandId: randomUUID(),
    capabilities: { ...capabilities },
    ...(payload === undefined
      ? {}
      : { payload: { contentType: payload.contentType, body: Buffer.from(payload.body) } }),
    idempotencyKey: idempotency?.key ?? '',
    requestHash: Buffer.from(idempotency?.requestHash ?? []),
  };
}

function replayOf(tenantId: TenantId, { key, requestHash }: Idempotency): IssueTask {
  const given = { tenantId, idempotencyKey: key, requestHash: Buffer.from(requestHash) };
  return IssueTask.fromPartial({ ...given, replayOnly: true });
}

function issuedOf({ result }: IssueTaskResult): IssuedTask | Error {
  if (result === undefined) return missingResult();
  if (result.$case === 'error') return itemErrorOf(result.value);
  const { taskId, replayed } = result.value;
  return { taskId, origin: replayed ? 'replayed' : 'issued now' };
}
