import {
  type Capabilities,
  type CodeVersion,
  DomainError,
  parseCodeVersion,
} from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { LambdaKey } from './lambda.ts';
import { lambdaNotFound } from './lambda-row.ts';

export interface ResolvedLambda {
  readonly codeVersion: CodeVersion;
  readonly capabilities: Capabilities;
}

interface ResolvedRow {
  lambda_id: string | null;
  paused: boolean | null;
  code_version: string | null;
  cpu_count: number | null;
  mem_size: number | null;
  network_latency: number | null;
  privileged: boolean | null;
}

/**
 * What issuing a task needs to know, for many keys in one round trip, in their order. A key that
 * cannot be resolved answers LAMBDA_NOT_FOUND, NO_RUNNER or LAMBDA_PAUSED and harms no other.
 */
export async function resolveLambdas(
  db: Db,
  keys: readonly LambdaKey[],
): Promise<(ResolvedLambda | DomainError)[]> {
  const { rows } = await sql<ResolvedRow>`
    select lambda.lambda_id, paused, code_version, cpu_count, mem_size, network_latency, privileged
    from unnest(
      ${keys.map(({ tenantId }) => tenantId)}::text[],
      ${keys.map(({ lambdaId }) => lambdaId)}::text[]
    ) with ordinality as key (tenant_id, lambda_id, place)
    left join lambda_catalog.lambda
      on lambda.tenant_id = key.tenant_id
      and lambda.lambda_id = key.lambda_id
      and deleted_at is null
    order by place`.execute(db);
  return rows.map(resolvedOf);
}

function resolvedOf(row: ResolvedRow): ResolvedLambda | DomainError {
  if (row.lambda_id === null) return lambdaNotFound();
  if (row.code_version === null) return new DomainError('NO_RUNNER', 'The lambda has no code yet');
  if (row.paused === true) return new DomainError('LAMBDA_PAUSED', 'The lambda is paused');
  return { codeVersion: parseCodeVersion(row.code_version), capabilities: capabilitiesOf(row) };
}

function capabilitiesOf(row: ResolvedRow): Capabilities {
  return {
    cpuCount: row.cpu_count ?? 0,
    memSize: row.mem_size ?? 0,
    networkLatency: row.network_latency ?? 0,
    privileged: row.privileged ?? false,
  };
}
