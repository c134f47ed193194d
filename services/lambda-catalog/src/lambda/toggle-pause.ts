import { sql } from 'kysely';
import { type OlderAnswers, olderAnswersOf } from '../lease/answer-lease.ts';
import type { Db } from '../postgres/database.ts';
import type { LambdaKey } from './lambda.ts';
import { lambdaNotFound } from './lambda-row.ts';

export interface ToggledPause {
  /** Whether the lambda is paused now. */
  readonly paused: boolean;
  readonly olderAnswers: OlderAnswers;
}

export async function togglePause(
  db: Db,
  { tenantId, lambdaId }: LambdaKey,
): Promise<ToggledPause> {
  const row = await db
    .updateTable('lambda_catalog.lambda')
    .set({ paused: sql`not paused`, updated_at: sql`clock_timestamp()` })
    .where('tenant_id', '=', tenantId)
    .where('lambda_id', '=', lambdaId)
    .where('deleted_at', 'is', null)
    .returning(['paused', 'code_version'])
    .executeTakeFirst();
  if (row === undefined) throw lambdaNotFound();
  const { paused, code_version: codeVersion } = row;
  // Going on needs no wait: refusals are never used again, and an answer from before the pause that
  // still runs says what is true once more.
  return { paused, olderAnswers: paused ? olderAnswersOf(codeVersion) : 'none' };
}
