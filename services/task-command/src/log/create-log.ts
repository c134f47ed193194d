import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';

/** How many partitions the log has, and whether this call made it so. */
export interface CreatedLog {
  readonly partitions: number;
  readonly kind: 'created' | 'existing';
}

/** Fixes the number of partitions for ever: every event already stands where its hash put it. */
export async function createLog(db: Db, partitions: number): Promise<CreatedLog> {
  return await db.transaction().execute(async (trx) => {
    const made = await trx
      .insertInto('task_command.log')
      .values({ partitions })
      .onConflict((conflict) => conflict.doNothing())
      .returning('partitions')
      .executeTakeFirst();
    if (made === undefined) {
      const log = await trx.selectFrom('task_command.log').selectAll().executeTakeFirstOrThrow();
      return { partitions: log.partitions, kind: 'existing' };
    }
    await sql`
      with made as (select p from generate_series(0, ${partitions}::integer - 1) p),
      head as (insert into task_command.partition_head (partition) select p from made)
      insert into task_command.relay_lease (partition) select p from made`.execute(trx);
    return { partitions, kind: 'created' };
  });
}
