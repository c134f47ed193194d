import { type CodeVersion, DomainError } from '@greencloud/domain';
import type { Db } from '../postgres/database.ts';

/** Also of a lambda that is deleted or has newer code: a task runs the version it was issued with. */
export async function findCode(db: Db, version: CodeVersion): Promise<Buffer> {
  const row = await db
    .selectFrom('lambda_catalog.code_version')
    .select('code')
    .where('code_version', '=', version)
    .executeTakeFirst();
  if (row === undefined) throw new DomainError('LAMBDA_NOT_FOUND', 'No such code version');
  return row.code;
}
