import { type Kysely, sql } from 'kysely';

/** Who lives, so that each finds its share of the partitions. Replicas of older releases are not here. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table task_command.relay_replica (
      instance uuid primary key,
      name text not null,
      seen_at timestamptz(3) not null
    ) with (fillfactor = 50)`.execute(db);
}
