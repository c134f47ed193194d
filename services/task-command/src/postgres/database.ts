import type { LeaseTables } from '@greencloud/postgres';
import type { ColumnType, Generated, Kysely } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface LogTable {
  one_row: Generated<boolean>;
  partitions: number;
  created_at: Generated<Timestamp>;
}

export interface PartitionHeadTable {
  partition: number;
  position: Generated<bigint>;
}

export interface EventTable {
  partition: number;
  position: bigint;
  task_id: string;
  version: number;
  type: string;
  schema_version: number;
  event_id: string;
  command_id: string;
  tenant_id: string;
  recorded_at: Timestamp;
  data: Buffer;
}

export interface StreamHeadTable {
  partition: number;
  task_id: string;
  tenant_id: string;
  version: number;
  position: bigint;
  open: boolean;
}

export interface IdempotencyKeyTable {
  tenant_id: string;
  key: string;
  request_hash: Buffer;
  command_id: string;
  task_id: string;
  created_at: Timestamp;
}

export interface ContentTable {
  partition: number;
  task_id: string;
  content_type: string;
  body: Buffer;
}

export interface RelayLeaseTable {
  partition: number;
  holder: Generated<string>;
  instance: string | null;
  epoch: Generated<bigint>;
  expires_at: Generated<Timestamp>;
}

export interface RelayReplicaTable {
  instance: string;
  name: string;
  seen_at: Timestamp;
}

export const relayLeases: LeaseTables = {
  lease: 'task_command.relay_lease',
  replica: 'task_command.relay_replica',
};

export interface Database {
  'task_command.log': LogTable;
  'task_command.partition_head': PartitionHeadTable;
  'task_command.event': EventTable;
  'task_command.stream_head': StreamHeadTable;
  'task_command.idempotency_key': IdempotencyKeyTable;
  'task_command.payload': ContentTable;
  'task_command.result': ContentTable;
  'task_command.relay_lease': RelayLeaseTable;
  'task_command.relay_replica': RelayReplicaTable;
}

export type Db = Kysely<Database>;
