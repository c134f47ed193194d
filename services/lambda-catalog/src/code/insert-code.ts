import { createHash } from 'node:crypto';
import { type CodeVersion, parseCodeVersion } from '@greencloud/domain';
import { ObjectId } from 'bson';
import { sql } from 'kysely';
import type { LambdaKey } from '../lambda/lambda.ts';
import { lambdaNotFound } from '../lambda/lambda-row.ts';
import { type OlderAnswers, olderAnswersOf } from '../lease/answer-lease.ts';
import type { Db } from '../postgres/database.ts';

export interface NewCode {
  readonly codeVersion: CodeVersion;
  readonly olderAnswers: OlderAnswers;
}

/**
 * A new version and its becoming the current one are one statement: no reader sees one alone. The
 * lock shows which version was really replaced, also when several uploads want to be the first.
 */
export async function insertCode(
  db: Db,
  { tenantId, lambdaId }: LambdaKey,
  code: Uint8Array,
): Promise<NewCode> {
  const version = new ObjectId().toHexString();
  const sha256 = createHash('sha256').update(code).digest();
  const inserted = await db
    .with('before', (before) =>
      before
        .selectFrom('lambda_catalog.lambda')
        .select(['lambda_id', 'code_version'])
        .where('tenant_id', '=', tenantId)
        .where('lambda_id', '=', lambdaId)
        .where('deleted_at', 'is', null)
        .forUpdate(),
    )
    .with('owner', (owner) =>
      owner
        .updateTable('lambda_catalog.lambda as lambda')
        .from('before')
        .set({ code_version: version, updated_at: sql`clock_timestamp()` })
        .whereRef('lambda.lambda_id', '=', 'before.lambda_id')
        .returning(['lambda.lambda_id', 'before.code_version as replaced']),
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
    .returning([
      'code_version',
      (owner) => owner.selectFrom('owner').select('replaced').as('replaced'),
    ])
    .executeTakeFirst();
  if (inserted === undefined) throw lambdaNotFound();
  return {
    codeVersion: parseCodeVersion(inserted.code_version),
    olderAnswers: olderAnswersOf(inserted.replaced),
  };
}
