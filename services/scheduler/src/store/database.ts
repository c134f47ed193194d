import type { ColumnType, Generated, Kysely } from 'kysely';
import type { NodeOffer } from '../placement/node-offer.ts';
import type { SessionLink, Standing } from '../session/session-store.ts';

type Timestamp = ColumnType<Date, Date | string | undefined, Date | string>;

export interface NodeTable {
  node_id: string;
  tenant_id: string;
  description: string;
  token_hash: Buffer;
  standing: Generated<Standing>;
  enrolled_at: Timestamp;
  /** Null: never connected. */
  offer: ColumnType<NodeOffer | null, string | null | undefined, string | null>;
}

export interface SessionTable {
  node_id: string;
  epoch: bigint;
  link: SessionLink;
  boot_id: string;
  replica: string;
  last_seen_at: Timestamp;
}

export interface ReplicaTable {
  name: string;
  seen_at: Timestamp;
}

export interface Database {
  'scheduler.node': NodeTable;
  'scheduler.session': SessionTable;
  'scheduler.replica': ReplicaTable;
}

export type Db = Kysely<Database>;
