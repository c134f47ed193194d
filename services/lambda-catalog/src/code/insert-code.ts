import { createHash } from 'node:crypto';
import { type CodeVersion, parseCodeVersion } from '@greencloud/domain';
import { ObjectId } from 'bson';
import { sql } from 'kysely';
import type { LambdaKey } from '../lambda/lambda.ts';
import { lambdaNotFound } from '../lambda/lambda-row.ts';
import type { Db } from '../postgres/database.ts';

/** A new version and its becoming the current one are one statement: no reader sees one alone. */
export async function insertCode(
  db: Db,
  { tenantId, lambdaId }: LambdaKey,
  code: Uint8Array,
): Promise<CodeVersion> {
  const version = new ObjectId().toHexString();
  const sha256 = createHash('sha256').update(code).digest();
  const inserted = await db
    .with('owner', (owner) =>
      owner
        .updateTable('lambda_catalog.lambda')
        .set({ code_version: version, updated_at: sql`clock_timestamp()` })
        .where('tenant_id', '=', tenantId)
        .where('lambda_id', '=', lambdaId)
        .where('deleted_at', 'is', null)
        .returning('lambda_id'),
    )
    .insertInto('lambda_catalog.code_version')
    .columns(['code_version', 'lambda_id', 'code', 'sha256'])
    .expression((select) =>
      select
        .selectFrom('owner')
        .select([
          sql<string>`${version}`.as('code_version'),
          'lambda_id',
          sql<Buffer>`${Buffer.from(code)}::bytea`.as('code'),
          sql<Buffer>`${sha256}::bytea`.as('sha256'),
        ]),
    )
    .returning('code_version')
    .executeTakeFirst();
  if (inserted === undefined) throw lambdaNotFound();
  return parseCodeVersion(inserted.code_version);
}
