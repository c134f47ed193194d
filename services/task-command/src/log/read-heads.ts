import type { Db } from '../postgres/database.ts';

/** The last position of each partition; the index is the partition. 0: empty. */
export async function readHeads(db: Db): Promise<bigint[]> {
  const rows = await db
    .selectFrom('task_command.partition_head')
    .select('position')
    .orderBy('partition')
    .execute();
  return rows.map(({ position }) => position);
}
