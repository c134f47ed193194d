import { type Kysely, sql } from 'kysely';

/** `instance` is one life of a process: a replica that starts again is another instance. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table task_command.relay_lease (
      partition integer primary key,
      holder text not null default '',
      instance uuid,
      epoch bigint not null default 0,
      expires_at timestamptz(3) not null default '-infinity'
    ) with (fillfactor = 20)`.execute(db);
}
