import { sql } from 'kysely';
import { type OlderAnswers, olderAnswersOf } from '../lease/answer-lease.ts';
import type { Db } from '../postgres/database.ts';
import type { LambdaKey } from './lambda.ts';
import { lambdaNotFound } from './lambda-row.ts';

/** The row and its code stay: tasks that were issued before still run their version. */
export async function deleteLambda(
  db: Db,
  { tenantId, lambdaId }: LambdaKey,
): Promise<{ readonly olderAnswers: OlderAnswers }> {
  const row = await db
    .updateTable('lambda_catalog.lambda')
    .set({ deleted_at: sql`clock_timestamp()`, updated_at: sql`clock_timestamp()` })
    .where('tenant_id', '=', tenantId)
    .where('lambda_id', '=', lambdaId)
    .where('deleted_at', 'is', null)
    .returning('code_version')
    .executeTakeFirst();
  if (row === undefined) throw lambdaNotFound();
  return { olderAnswers: olderAnswersOf(row.code_version) };
}
