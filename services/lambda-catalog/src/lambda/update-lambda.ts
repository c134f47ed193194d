import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { Lambda, LambdaChanges, LambdaKey } from './lambda.ts';
import { lambdaColumns, lambdaNotFound, lambdaOf } from './lambda-row.ts';

export async function updateLambda(
  db: Db,
  { tenantId, lambdaId }: LambdaKey,
  { name, description, tags, scmUrl }: LambdaChanges,
): Promise<Lambda> {
  const row = await db
    .updateTable('lambda_catalog.lambda')
    .set({
      // Kysely leaves out what is undefined.
      name,
      description,
      tags: tags && [...tags],
      scm_url: scmUrl,
      updated_at: sql`clock_timestamp()`,
    })
    .where('tenant_id', '=', tenantId)
    .where('lambda_id', '=', lambdaId)
    .where('deleted_at', 'is', null)
    .returning(lambdaColumns)
    .executeTakeFirst();
  if (row === undefined) throw lambdaNotFound();
  return lambdaOf(row);
}
