import type { Db } from '../postgres/database.ts';
import type { Lambda, LambdaKey } from './lambda.ts';
import { lambdaColumns, lambdaNotFound, lambdaOf } from './lambda-row.ts';

/** Throws LAMBDA_NOT_FOUND, like every act on one lambda. */
export async function findLambda(db: Db, { tenantId, lambdaId }: LambdaKey): Promise<Lambda> {
  const row = await db
    .selectFrom('lambda_catalog.lambda')
    .select(lambdaColumns)
    .where('tenant_id', '=', tenantId)
    .where('lambda_id', '=', lambdaId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) throw lambdaNotFound();
  return lambdaOf(row);
}
