import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Says that this replica lives, and answers all that do: heard of within `withinMs`. */
export async function meetReplicas(db: Db, name: string, withinMs: number): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    with me as (
      insert into scheduler.replica (name, seen_at) values (${name}, clock_timestamp())
      on conflict (name) do update set seen_at = excluded.seen_at
    ), gone as (
      delete from scheduler.replica where seen_at < clock_timestamp() - interval '1 hour'
    )
    select name from scheduler.replica
    where seen_at > clock_timestamp() - ${withinMs} * interval '1 millisecond' and name <> ${name}
    union all select ${name}`.execute(db);
  return rows.map((row) => row.name);
}

export async function leaveReplicas(db: Db, name: string): Promise<void> {
  await db.deleteFrom('scheduler.replica').where('name', '=', name).execute();
}
