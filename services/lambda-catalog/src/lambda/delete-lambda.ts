import { sql } from 'kysely';
import { type OlderAnswers, olderAnswersOf } from '../lease/answer-lease.ts';
import type { Db } from '../postgres/database.ts';
import type { LambdaKey } from './lambda.ts';
import { lambdaNotFound } from './lambda-row.ts';

export interface Deletion {
  readonly lambda: 'deleted now' | 'deleted before';
  readonly olderAnswers: OlderAnswers;
}

/** The row and its code stay: tasks that were issued before still run their version. */
export async function deleteLambda(db: Db, key: LambdaKey): Promise<Deletion> {
  const row = await db
    .updateTable('lambda_catalog.lambda')
    .set({ deleted_at: sql`clock_timestamp()`, updated_at: sql`clock_timestamp()` })
    .where('tenant_id', '=', key.tenantId)
    .where('lambda_id', '=', key.lambdaId)
    .where('deleted_at', 'is', null)
    .returning('code_version')
    .executeTakeFirst();
  if (row === undefined) return await deletedBefore(db, key);
  return { lambda: 'deleted now', olderAnswers: olderAnswersOf(row.code_version) };
}

/** Maybe a moment ago, by a call whose answer was lost: who repeats it learns no sooner. */
async function deletedBefore(db: Db, { tenantId, lambdaId }: LambdaKey): Promise<Deletion> {
  const row = await db
    .selectFrom('lambda_catalog.lambda')
    .select('code_version')
    .where('tenant_id', '=', tenantId)
    .where('lambda_id', '=', lambdaId)
    .executeTakeFirst();
  if (row === undefined) throw lambdaNotFound();
  return { lambda: 'deleted before', olderAnswers: olderAnswersOf(row.code_version) };
}
