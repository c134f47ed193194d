import { DomainError } from '@greencloud/domain';
import type { Db } from '../postgres/database.ts';

/** The last position of a partition, 0 when it is empty. */
export async function readHead(db: Db, partition: number): Promise<bigint> {
  const row = await db
    .selectFrom('task_command.partition_head')
    .select('position')
    .where('partition', '=', partition)
    .executeTakeFirst();
  if (row === undefined) {
    throw new DomainError('INVALID_PARAMETER', `The log has no partition ${partition}`);
  }
  return row.position;
}
