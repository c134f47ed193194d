import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { LambdaKey } from './lambda.ts';
import { lambdaNotFound } from './lambda-row.ts';

/** Answers whether the lambda is paused now. */
export async function togglePause(db: Db, { tenantId, lambdaId }: LambdaKey): Promise<boolean> {
  const row = await db
    .updateTable('lambda_catalog.lambda')
    .set({ paused: sql`not paused`, updated_at: sql`clock_timestamp()` })
    .where('tenant_id', '=', tenantId)
    .where('lambda_id', '=', lambdaId)
    .where('deleted_at', 'is', null)
    .returning('paused')
    .executeTakeFirst();
  if (row === undefined) throw lambdaNotFound();
  return row.paused;
}
