import { type Kysely, sql } from 'kysely';

// Task ids compare byte by byte: the order is the same on every machine and costs no locale.
const taskId = sql.raw('text collate "C" not null check (length(task_id) = 24)');

// One statement a table, so that an error names its table.
const statements = [
  sql`
    create table task_command.log (
      one_row boolean primary key default true check (one_row),
      partitions integer not null check (partitions between 1 and 1024),
      created_at timestamptz(3) not null default clock_timestamp()
    )`,
  // Updated by every append: the spare room keeps the new row version on the same page (HOT).
  sql`
    create table task_command.partition_head (
      partition integer primary key,
      position bigint not null default 0 check (position >= 0)
    ) with (fillfactor = 20)`,
  sql`
    create table task_command.event (
      partition integer not null,
      position bigint not null check (position > 0),
      task_id ${taskId},
      version integer not null check (version > 0),
      type text not null,
      schema_version smallint not null,
      event_id uuid not null,
      command_id uuid not null,
      tenant_id text not null,
      recorded_at timestamptz(3) not null,
      data bytea not null check (octet_length(data) <= 4096),
      primary key (partition, position),
      constraint event_version_once unique (partition, task_id, version),
      constraint event_command_once unique (partition, task_id, command_id)
    )`,
  sql`
    create unique index event_finish_once on task_command.event (partition, task_id)
    where type = 'TaskFinished'`,
  sql`
    create table task_command.stream_head (
      partition integer not null,
      task_id ${taskId},
      tenant_id text not null,
      version integer not null,
      position bigint not null,
      open boolean not null,
      primary key (partition, task_id)
    ) with (fillfactor = 80)`,
  sql`create index stream_head_open on task_command.stream_head (partition, task_id) where open`,
  sql`
    create table task_command.idempotency_key (
      tenant_id text not null,
      key text not null,
      request_hash bytea not null,
      command_id uuid not null,
      task_id ${taskId},
      created_at timestamptz(3) not null,
      primary key (tenant_id, key)
    )`,
  sql`
    create index idempotency_key_age on task_command.idempotency_key using brin (created_at)`,
  ...['payload', 'result'].flatMap(contentTable),
];

/** Bytes stay out of the events, and uncompressed: compressing 1 MiB costs more than its commit. */
function contentTable(name: string) {
  const table = sql.id('task_command', name);
  return [
    sql`
      create table ${table} (
        partition integer not null,
        task_id ${taskId},
        content_type text not null,
        body bytea not null,
        primary key (partition, task_id)
      )`,
    sql`alter table ${table} alter column body set storage external`,
  ];
}

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}
