// What a refusal of the server is: services need not know the driver for it.
export { DatabaseError } from 'pg';
export { binaryArray, type ElementType, elementTypes } from './binary-array.ts';
export {
  createLeaseKeeper,
  type LeaseKeeper,
  type LeaseKeeperOptions,
  type LeaseTurn,
} from './lease/lease-keeper.ts';
export {
  endEarlierLife,
  ensureLeases,
  holdsLease,
  type Instance,
  type Lease,
  type LeaseTables,
  lockedLeases,
  releaseLeases,
  renewLeases,
  signIn,
  signOut,
  takeLeases,
} from './lease/lease-table.ts';
export { isConnectionLoss, isPassing, sqlStateOf } from './sql-state.ts';
export { migrateToLatest, type MigrationPlan } from './migrate/migrate-to-latest.ts';
export { migrateWhenReachable, openForMigration } from './migrate/migrate-when-reachable.ts';
export { type SchemaWait, waitForSchema } from './migrate/wait-for-schema.ts';
export { type DatabaseOptions, openDatabase } from './open-database.ts';
export { unavailableWhenAway } from './outage.ts';
export { prepared } from './prepared.ts';
export { type DatabaseWatch, watchDatabase } from './watch-database.ts';
