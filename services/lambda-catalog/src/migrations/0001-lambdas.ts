import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

// Ids compare byte by byte: the order of a page is the same on every machine and costs no locale.
const id = sql.raw('text collate "C"');

// One statement a table, so that an error names its table.
const statements = [
  sql`
    create table lambda_catalog.lambda (
      lambda_id ${id} primary key check (lambda_id ~ '^[0-9a-f]{24}$'),
      tenant_id ${id} not null,
      request_id text,
      request_hash bytea not null,
      name text not null,
      description text not null,
      tags text[] not null,
      scm_url text not null,
      lang text not null check (lang in ('go', 'py', 'js', 'cs', 'rb')),
      type text not null check (type in ('docker', 'module')),
      paused boolean not null default false,
      code_version ${id},
      timeout integer check (timeout between 10 and 120),
      cpu_count integer check (cpu_count between 0 and 4),
      mem_size integer check (mem_size between 0 and 2048),
      network_latency integer check (network_latency >= 0),
      privileged boolean,
      created_at timestamptz(3) not null default clock_timestamp(),
      updated_at timestamptz(3) not null default clock_timestamp(),
      deleted_at timestamptz(3),
      constraint lambda_request_once unique (tenant_id, request_id)
    )`,
  sql`
    create index lambda_of_tenant on lambda_catalog.lambda (tenant_id, lambda_id)
    where deleted_at is null`,
  sql`
    create table lambda_catalog.code_version (
      code_version ${id} primary key check (code_version ~ '^[0-9a-f]{24}$'),
      lambda_id ${id} not null references lambda_catalog.lambda,
      code bytea not null check (octet_length(code) between 1 and 1048576),
      sha256 bytea not null check (octet_length(sha256) = 32),
      created_at timestamptz(3) not null default clock_timestamp()
    )`,
  sql`create index code_of_lambda on lambda_catalog.code_version (lambda_id)`,
];

export const lambdas: Migration = {
  up: async (db: Kysely<never>) => {
    for (const statement of statements) await statement.execute(db);
  },
};
