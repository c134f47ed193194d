import { type Kysely, sql } from 'kysely';

// Task ids compare byte by byte: the order is the same on every machine and costs no locale.
const id24 = sql.raw('text collate "C"');

const statements = [
  // Fill factor: progress changes no indexed column, so its new row version may stay on the page.
  sql`
    create table projection.task_view (
      task_id ${id24} primary key,
      tenant_id text collate "C" not null,
      lambda_id ${id24} not null,
      code_version text not null,
      issued_at bigint not null,
      assigned_at bigint,
      finished_at bigint,
      progress smallint not null,
      node_id text collate "C",
      timeout_seconds integer not null,
      cpu_count integer not null,
      mem_size integer not null,
      network_latency integer not null,
      privileged boolean not null,
      state text collate "C" not null,
      outcome text collate "C",
      status integer not null,
      attempt integer not null,
      version integer not null,
      detail text not null,
      result_size integer,
      result_content_type text,
      result_hash bytea
    ) with (fillfactor = 85)`,
  // One index for each filter, each in the order of the list, so that a page costs a page: without
  // the state in front, "the newest finished" behind 100,000 waiting tasks reads all of them.
  sql`create index on projection.task_view (tenant_id, issued_at, task_id)`,
  sql`create index on projection.task_view (tenant_id, state, issued_at, task_id)`,
  sql`create index on projection.task_view (tenant_id, outcome, issued_at, task_id)
      where outcome is not null`,
  sql`create index on projection.task_view (tenant_id, lambda_id, issued_at, task_id)`,
  sql`create index on projection.task_view (tenant_id, node_id, issued_at, task_id)
      where node_id is not null`,
  // A row for each tenant and partition: two partitions never wait for one row.
  sql`
    create table projection.tenant_count (
      tenant_id text collate "C" not null,
      partition integer not null,
      pending bigint not null,
      running bigint not null,
      finished bigint not null,
      primary key (tenant_id, partition)
    ) with (fillfactor = 50)`,
  // By quarters of an hour since 1970: the midnights of all time zones lie on one.
  sql`
    create table projection.tenant_issued (
      tenant_id text collate "C" not null,
      quarter integer not null,
      partition integer not null,
      issued bigint not null,
      primary key (tenant_id, quarter, partition)
    ) with (fillfactor = 50)`,
  sql`
    create table projection.checkpoint (
      partition integer primary key,
      position bigint not null default 0
    ) with (fillfactor = 20)`,
  sql`
    create table projection.parked_task (
      task_id ${id24} primary key,
      partition integer not null,
      position bigint not null,
      version integer not null,
      reason text not null,
      parked_at timestamptz(3) not null default clock_timestamp()
    )`,
  sql`create index on projection.parked_task (partition)`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
