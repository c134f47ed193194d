import type { TenantId } from '@greencloud/domain';
import { sql } from 'kysely';
import { type Db, liveSchema } from '../postgres/database.ts';
import { quarterOf, startOfQuarter } from '../view/count-deltas.ts';

export interface TaskCounts {
  readonly pending: bigint;
  readonly running: bigint;
  readonly finished: bigint;
  readonly issuedToday: bigint;
}

/**
 * A tenant's counts from its counter rows: at most one for each partition, and one for each
 * partition and quarter of an hour of today. A `since` (Unix ms) within a quarter counts the
 * tasks of the rest of that quarter by the index.
 */
export async function readCounts(db: Db, tenantId: TenantId, since: number): Promise<TaskCounts> {
  const firstWhole = quarterOf(since - 1) + 1;
  const { rows } = await sql<TaskCounts>`
    select
      coalesce(sum(pending), 0)::bigint as pending,
      coalesce(sum(running), 0)::bigint as running,
      coalesce(sum(finished), 0)::bigint as finished,
      (
        (select coalesce(sum(issued), 0) from ${sql.id(liveSchema, 'tenant_issued')}
         where tenant_id = ${tenantId} and quarter >= ${firstWhole})
        + (select count(*) from ${sql.id(liveSchema, 'task_view')}
           where tenant_id = ${tenantId}
             and issued_at >= ${since} and issued_at < ${startOfQuarter(firstWhole)})
      )::bigint as "issuedToday"
    from ${sql.id(liveSchema, 'tenant_count')}
    where tenant_id = ${tenantId}`.execute(db);
  return rows[0] ?? { pending: 0n, running: 0n, finished: 0n, issuedToday: 0n };
}
