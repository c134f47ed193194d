import { sql } from 'kysely';
import { type OlderAnswers, olderAnswersOf } from '../lease/answer-lease.ts';
import type { Db } from '../postgres/database.ts';
import type { Demands, LambdaKey } from './lambda.ts';
import { demandsOf, lambdaNotFound } from './lambda-row.ts';

export interface DemandsSet {
  readonly demands: Demands;
  readonly olderAnswers: OlderAnswers;
}

/** Replaces them all: what is not given is not demanded any more. */
export async function setDemands(
  db: Db,
  { tenantId, lambdaId }: LambdaKey,
  demands: Demands,
): Promise<DemandsSet> {
  const row = await db
    .updateTable('lambda_catalog.lambda')
    .set({
      timeout: demands.timeout ?? null,
      cpu_count: demands.cpuCount ?? null,
      mem_size: demands.memSize ?? null,
      network_latency: demands.networkLatency ?? null,
      privileged: demands.privileged ?? null,
      updated_at: sql`clock_timestamp()`,
    })
    .where('tenant_id', '=', tenantId)
    .where('lambda_id', '=', lambdaId)
    .where('deleted_at', 'is', null)
    .returning([
      'timeout',
      'cpu_count',
      'mem_size',
      'network_latency',
      'privileged',
      'code_version',
    ])
    .executeTakeFirst();
  if (row === undefined) throw lambdaNotFound();
  // Also for the same demands again: the call may repeat one that committed a moment ago.
  return { demands: demandsOf(row), olderAnswers: olderAnswersOf(row.code_version) };
}
