import { DomainError, parseTenantId } from '@greencloud/domain';
import type { IssueTask } from '@greencloud/proto/task/v1/task_command';
import { createBatcher, QueueFullError } from '@greencloud/runtime';
import type { AppendAnswer } from '../append/append-request.ts';
import { type KeyedTask, readKeys, type TenantKey } from '../keys/read-keys.ts';
import type { Db } from '../postgres/database.ts';
import { unavailableWhenLogIsAway } from '../postgres/outage.ts';
import { invalid } from './fields.ts';
import { idempotencyOf } from './issue-task.ts';

/** Answers what a key has issued before, and issues nothing. */
export type ReplayTask = (item: IssueTask) => Promise<AppendAnswer>;

const maxItems = 1_000;
const maxWaiting = 4_096;

/** Keys that are asked for at once are read by one query. */
export function createReplay(readers: Db): ReplayTask {
  const keys = createBatcher<TenantKey, KeyedTask | undefined>({
    maxItems,
    maxWaiting,
    async run(wanted) {
      try {
        return await readKeys(readers, wanted);
      } catch (error) {
        throw unavailableWhenLogIsAway(error);
      }
    },
  });
  return async (item) => {
    const idempotency = idempotencyOf(item);
    if (idempotency === undefined) throw invalid('replay_only needs an idempotency_key');
    const tenantId = parseTenantId(item.tenantId);
    const known = await keys.submit({ tenantId, key: idempotency.key }).catch(refuse);
    if (known === undefined) throw new DomainError('TASK_NOT_FOUND', 'The key has issued no task');
    if (!known.requestHash.equals(idempotency.requestHash)) {
      throw new DomainError('IDEMPOTENCY_KEY_REUSED', 'The key has issued a task of another body');
    }
    return { kind: 'replayed', taskId: known.taskId, version: 1 };
  };
}

function refuse(error: unknown): never {
  if (error instanceof QueueFullError) {
    throw new DomainError('OVERLOADED', 'Too many keys wait to be looked up');
  }
  throw error;
}
