import { DomainError } from '@greencloud/domain';
import type { Db } from '../postgres/database.ts';

/** How many partitions the log has, for ever. Throws UNAVAILABLE before the first migration. */
export async function readLog(db: Db): Promise<{ readonly partitions: number }> {
  const log = await db.selectFrom('task_command.log').select('partitions').executeTakeFirst();
  if (log === undefined) throw new DomainError('UNAVAILABLE', 'The log has not been created yet');
  return log;
}
