import { createHash } from 'node:crypto';
import { DomainError, type ErrorCode, type LambdaId, type TenantId } from '@greencloud/domain';
import type { LambdaCatalog, ResolvedLambda } from '../lambdas/lambda-catalog.ts';
import { catalogRefusals } from '../lambdas/lambda-leases.ts';
import type { Content, Idempotency, IssuedTask, TaskCommands } from './task-services.ts';
import type { WaitingTasks } from './waiting-tasks.ts';

export interface WantedTask {
  readonly tenantId: TenantId;
  readonly lambdaId: LambdaId;
  readonly timeoutSeconds: number;
  readonly payload: Content | undefined;
  readonly idempotencyKey: string | undefined;
}

export interface IssueServices {
  readonly lambdas: Pick<LambdaCatalog, 'resolve'>;
  readonly taskCommands: Pick<TaskCommands, 'issue' | 'replay'>;
  readonly waitingTasks: WaitingTasks;
}

/**
 * Fixes code version and capabilities, then issues. They may come from memory, and are yet never
 * older than a change that was answered before this task was sent: the catalog answers a change
 * (pause, deletion, code, capabilities) only when every edge's older copy has run out.
 */
export async function issueTask(wanted: WantedTask, services: IssueServices): Promise<IssuedTask> {
  const { tenantId, lambdaId, timeoutSeconds, payload } = wanted;
  const idempotency = idempotencyOf(wanted);
  const preparation = await prepare(wanted, services);
  if (preparation.kind === 'refused') {
    return replay(tenantId, idempotency, preparation.refusal, services);
  }
  return services.taskCommands.issue({
    ...preparation.lambda,
    tenantId,
    lambdaId,
    timeoutSeconds,
    payload,
    idempotency,
  });
}

type Preparation =
  | { readonly kind: 'ready'; readonly lambda: ResolvedLambda }
  | { readonly kind: 'refused'; readonly refusal: unknown };

async function prepare(
  { tenantId, lambdaId }: WantedTask,
  { lambdas, waitingTasks }: IssueServices,
): Promise<Preparation> {
  try {
    await waitingTasks.admit(tenantId);
    return { kind: 'ready', lambda: await lambdas.resolve({ tenantId, lambdaId }) };
  } catch (refusal) {
    return { kind: 'refused', refusal };
  }
}

const refusals: ReadonlySet<ErrorCode> = new Set([...catalogRefusals, 'NO_QUOTA_AVAILABLE']);

// The first try may have been before the lambda was paused or deleted: its answer still stands.
async function replay(
  tenantId: TenantId,
  idempotency: Idempotency | undefined,
  refusal: unknown,
  { taskCommands }: IssueServices,
): Promise<IssuedTask> {
  const isAnswer = refusal instanceof DomainError && refusals.has(refusal.code);
  if (idempotency === undefined || !isAnswer) throw refusal;
  const known = await taskCommands.replay(tenantId, idempotency);
  if (known === undefined) throw refusal;
  return known;
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
