import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';
import type { OnViolation } from './violation.ts';

/** What belongs to a task, and the event without which it may not be there. */
const companions = {
  stream_head: sql`e.version = 1`,
  payload: sql`e.type = 'TaskIssued'`,
  result: sql`e.type = 'TaskFinished'`,
};

interface PageRow {
  readonly last: string | null;
  readonly orphans: readonly string[];
}

const pageSize = 5_000;

/** Heads, payloads and results of tasks that have no such event. */
export async function checkOrphans(
  db: Db,
  partition: number,
  onViolation: OnViolation,
): Promise<void> {
  for (const [table, event] of Object.entries(companions)) {
    for (let after: string | null = ''; after !== null; ) {
      const page = await readPage(db, { table, event, partition, after });
      for (const taskId of page.orphans) {
        onViolation(`partition ${partition}, task ${taskId}: a ${table} without its event`);
      }
      after = page.last;
    }
  }
}

interface Page {
  readonly table: string;
  readonly event: (typeof companions)[keyof typeof companions];
  readonly partition: number;
  readonly after: string;
}

async function readPage(db: Db, { table, event, partition, after }: Page): Promise<PageRow> {
  const { rows } = await sql<PageRow>`
    select max(c.task_id) as last, coalesce(array_agg(c.task_id) filter (where not exists (
      select from task_command.event e
      where e.partition = ${partition} and e.task_id = c.task_id and ${event}
    )), '{}') as orphans
    from (
      select task_id from ${sql.id('task_command', table)}
      where partition = ${partition} and task_id > ${after}
      order by task_id limit ${pageSize}
    ) as c`.execute(db);
  return rows[0] ?? { last: null, orphans: [] };
}
