import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { OnViolation } from './violation.ts';

/** The log knows its partitions, and has nothing outside of them. Answers how many they are. */
export async function checkPartitions(db: Db, onViolation: OnViolation): Promise<number> {
  const { rows } = await sql<{ partitions: number; strange: number[] }>`
    select partitions, array(
      select partition from task_command.partition_head
      where partition not between 0 and partitions - 1
      union all
      (select partition from task_command.event where partition < 0 limit 1)
      union all
      (select partition from task_command.event where partition >= partitions
       order by partition limit 1)
    ) as strange
    from task_command.log`.execute(db);
  const [log] = rows;
  if (log === undefined) {
    onViolation('the log has no number of partitions: it was never created');
    return 0;
  }
  for (const partition of log.strange) onViolation(`the log has no partition ${partition}`);
  return log.partitions;
}
