import type { LambdaId, TenantId } from '@greencloud/domain';
import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { Lambda } from './lambda.ts';
import { lambdaColumns, lambdaOf } from './lambda-row.ts';

export interface LambdaQuery {
  readonly tenantId: TenantId;
  /** Undefined: any. */
  readonly tag: string | undefined;
  /** Where the page before ended. */
  readonly before: LambdaId | 'start';
  readonly limit: number;
}

/** Newest first: an ObjectId begins with its second. */
export async function listLambdas(db: Db, query: LambdaQuery): Promise<Lambda[]> {
  let select = db
    .selectFrom('lambda_catalog.lambda')
    .select(lambdaColumns)
    .where('tenant_id', '=', query.tenantId)
    .where('deleted_at', 'is', null);
  if (query.before !== 'start') select = select.where('lambda_id', '<', query.before);
  if (query.tag !== undefined) select = select.where(sql<boolean>`${query.tag} = any(tags)`);
  const rows = await select.orderBy('lambda_id', 'desc').limit(query.limit).execute();
  return rows.map(lambdaOf);
}
