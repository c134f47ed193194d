import type { ColumnType, Generated, Kysely } from 'kysely';

type Timestamp = ColumnType<Date, Date | undefined, Date>;

export interface LambdaTable {
  lambda_id: string;
  tenant_id: string;
  request_id: string | null;
  request_hash: Buffer;
  name: string;
  description: string;
  tags: string[];
  scm_url: string;
  lang: 'go' | 'py' | 'js' | 'cs' | 'rb';
  type: 'docker' | 'module';
  paused: Generated<boolean>;
  code_version: string | null;
  timeout: number | null;
  cpu_count: number | null;
  mem_size: number | null;
  network_latency: number | null;
  privileged: boolean | null;
  created_at: Timestamp;
  updated_at: Timestamp;
  deleted_at: Date | null;
}

interface CodeVersionTable {
  code_version: string;
  lambda_id: string;
  code: Buffer;
  sha256: Buffer;
  created_at: Timestamp;
}

export interface Database {
  'lambda_catalog.lambda': LambdaTable;
  'lambda_catalog.code_version': CodeVersionTable;
}

export type Db = Kysely<Database>;
