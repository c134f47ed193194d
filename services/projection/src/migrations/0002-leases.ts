import { type Kysely, sql } from 'kysely';

/** `instance` is one life of a process: a replica that starts again is another instance. */
const statements = [
  sql`
    create table projection.lease (
      partition integer primary key,
      instance text not null default '',
      epoch bigint not null default 0,
      expires_at timestamptz(3) not null default '-infinity'
    ) with (fillfactor = 20)`,
  sql`
    create table projection.replica (
      instance text primary key,
      name text not null,
      seen_at timestamptz(3) not null
    ) with (fillfactor = 50)`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
