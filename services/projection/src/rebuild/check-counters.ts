import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';

/** The counters are kept by differences; here they are counted once. Answers how many tenants have wrong ones. */
export async function countersThatDisagree(db: Db, schema: string): Promise<bigint> {
  const { rows } = await sql<{ tenants: bigint }>`
    with counted as (
      select tenant_id,
        count(*) filter (where state in ('issued', 'assigned')) as pending,
        count(*) filter (where state = 'running') as running,
        count(*) filter (where state = 'finished') as finished
      from ${sql.id(schema, 'task_view')} group by tenant_id
    ), kept as (
      select tenant_id, sum(pending) as pending, sum(running) as running, sum(finished) as finished
      from ${sql.id(schema, 'tenant_count')} group by tenant_id
    )
    select count(*) as tenants from counted full join kept using (tenant_id)
    where (counted.pending, counted.running, counted.finished)
      is distinct from (kept.pending, kept.running, kept.finished)`.execute(db);
  return rows[0]?.tenants ?? 0n;
}
