import { createHash } from 'node:crypto';
import { DomainError, type LambdaId, parseLambdaId, type TenantId } from '@greencloud/domain';
import { ObjectId } from 'bson';
import type { Insertable } from 'kysely';
import type { Db, LambdaTable } from '../postgres/database.ts';
import type { LambdaDraft } from './lambda.ts';

export interface NewLambda {
  readonly tenantId: TenantId;
  /** AIP-155: the same id gives the same lambda. Without one every call gives another. */
  readonly requestId: string | undefined;
  readonly draft: LambdaDraft;
}

/** Throws IDEMPOTENCY_KEY_REUSED when the request id came with another draft before. */
export async function insertLambda(db: Db, lambda: NewLambda): Promise<LambdaId> {
  const { tenantId, requestId, draft } = lambda;
  const row = {
    lambda_id: new ObjectId().toHexString(),
    tenant_id: tenantId,
    request_id: requestId ?? null,
    request_hash: hashOf(draft),
    name: draft.name,
    description: draft.description,
    tags: [...draft.tags],
    scm_url: draft.scmUrl,
    lang: draft.lang,
    type: draft.type,
  };
  const inserted = await db
    .insertInto('lambda_catalog.lambda')
    .values(row)
    .onConflict((conflict) => conflict.constraint('lambda_request_once').doNothing())
    .returning('lambda_id')
    .executeTakeFirst();
  return inserted === undefined ? insertedBefore(db, row) : parseLambdaId(inserted.lambda_id);
}

// The insert waited for a concurrent one with the same id, so its row is committed by now.
async function insertedBefore(
  db: Db,
  row: Pick<Insertable<LambdaTable>, 'tenant_id' | 'request_id' | 'request_hash'>,
): Promise<LambdaId> {
  const before = await db
    .selectFrom('lambda_catalog.lambda')
    .select(['lambda_id', 'request_hash'])
    .where('tenant_id', '=', row.tenant_id)
    .where('request_id', '=', row.request_id ?? null)
    .executeTakeFirstOrThrow();
  if (before.request_hash.equals(row.request_hash)) return parseLambdaId(before.lambda_id);
  throw new DomainError('IDEMPOTENCY_KEY_REUSED', 'The request id was used with another lambda');
}

function hashOf({ name, description, tags, scmUrl, lang, type }: LambdaDraft): Buffer {
  const canonical = JSON.stringify([name, description, tags, scmUrl, lang, type]);
  return createHash('sha256').update(canonical).digest();
}
