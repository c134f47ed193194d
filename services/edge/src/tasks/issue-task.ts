import { createHash } from 'node:crypto';
import type { LambdaId, TenantId } from '@greencloud/domain';
import type { LambdaCatalog } from '../lambdas/lambda-catalog.ts';
import type { Content, Idempotency, IssuedTask, TaskCommands } from './task-services.ts';

export interface WantedTask {
  readonly tenantId: TenantId;
  readonly lambdaId: LambdaId;
  readonly timeoutSeconds: number;
  readonly payload: Content | undefined;
  readonly idempotencyKey: string | undefined;
}

/**
 * Fixes code version and capabilities as they are now, then issues. Nothing is cached between:
 * a lambda that was paused a moment ago must not run, so calls are coalesced instead.
 */
export async function issueTask(
  wanted: WantedTask,
  services: { lambdas: LambdaCatalog; taskCommands: TaskCommands },
): Promise<IssuedTask> {
  const { tenantId, lambdaId, timeoutSeconds, payload } = wanted;
  const { codeVersion, capabilities } = await services.lambdas.resolve({ tenantId, lambdaId });
  return services.taskCommands.issue({
    tenantId,
    lambdaId,
    codeVersion,
    timeoutSeconds,
    capabilities,
    payload,
    idempotency: idempotencyOf(wanted),
  });
}

// What was asked for and not the bytes of the body: a client that builds its JSON anew for a retry
// may order the members differently.
function idempotencyOf(wanted: WantedTask): Idempotency | undefined {
  const { idempotencyKey: key, lambdaId, timeoutSeconds, payload } = wanted;
  if (key === undefined) return undefined;
  const head = JSON.stringify([lambdaId, timeoutSeconds, payload?.contentType ?? null]);
  const hash = createHash('sha256').update(`${head}\n`);
  if (payload !== undefined) hash.update(payload.body);
  return { key, requestHash: hash.digest() };
}
