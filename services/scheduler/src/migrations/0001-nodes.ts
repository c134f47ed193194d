import { type Kysely, sql } from 'kysely';

const statements = [
  sql`
    create table scheduler.node (
      node_id uuid primary key,
      tenant_id text not null,
      description text not null,
      token_hash bytea not null unique check (octet_length(token_hash) = 32),
      standing text not null default 'enabled'
        check (standing in ('enabled', 'draining', 'disabled')),
      enrolled_at timestamptz(3) not null default clock_timestamp(),
      offer jsonb
    )`,
  sql`create index node_of_tenant on scheduler.node (tenant_id, enrolled_at)`,
  // Written every 5 s for each connected node: narrow, apart from the node, and with no index on
  // what changes, so that the new row version stays on the page (HOT).
  sql`
    create table scheduler.session (
      node_id uuid primary key references scheduler.node,
      epoch bigint not null,
      link text not null check (link in ('connected', 'silent', 'away')),
      boot_id text not null,
      replica text not null,
      last_seen_at timestamptz(3) not null
    ) with (fillfactor = 50)`,
  sql`
    create table scheduler.replica (
      name text primary key,
      seen_at timestamptz(3) not null
    ) with (fillfactor = 50)`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
