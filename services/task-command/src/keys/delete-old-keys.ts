import { sql } from 'kysely';
import type { Db } from '../postgres/database.ts';

/** Drops idempotency keys older than so many hours, at most `limit`; answers how many. */
export async function deleteOldKeys(db: Db, hours: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from task_command.idempotency_key where ctid in (
      select ctid from task_command.idempotency_key
      where created_at < clock_timestamp() - make_interval(hours => ${hours}::integer)
      limit ${limit}
    )`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
