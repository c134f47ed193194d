import type { LeaseTables } from '@greencloud/postgres';
import type { Kysely, Transaction } from 'kysely';

/** Statements are written out: what they cost is seen, and the schema may be another one (rebuild). */
export type Db = Kysely<never>;
export type Tx = Transaction<never>;

export const leaseTables: LeaseTables = {
  lease: 'projection.lease',
  replica: 'projection.replica',
};

/** Where the views that are read live. */
export const liveSchema = 'projection';
/** Where a rebuild writes until it takes the place of the live one. */
export const nextSchema = 'projection_next';
/** Where the switch puts what it replaces, for the moment before it is dropped. */
export const oldSchema = 'projection_old';

/**
 * The tables that a rebuild writes anew and switches together. Leases are no view: they stay. In the
 * order in which a count locks them: a switch that locked in another could deadlock with it.
 */
export const viewTables = [
  'tenant_count',
  'tenant_issued',
  'task_view',
  'checkpoint',
  'parked_task',
] as const;
