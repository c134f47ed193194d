import { DatabaseError, sqlStateOf } from '@greencloud/postgres';

// 42P01: undefined_table. 3F000: invalid_schema_name. 42703: undefined_column, an older shape.
const missing = new Set(['42P01', '3F000', '42703']);

/** The views are not there: never migrated, or dropped under the running service. */
export function isSchemaMissing(error: unknown): boolean {
  return missing.has(sqlStateOf(error) ?? '');
}

// 55P03: lock_not_available. 40P01: deadlock_detected.
const lockFailures = new Set(['55P03', '40P01']);

/** Somebody else held a table for too long: worth another try. */
export function isLockFailure(error: unknown): boolean {
  return lockFailures.has(sqlStateOf(error) ?? '');
}

/** Class 22 (data exception) and 23 (integrity constraint violation): no other try will do better. */
export function isUnstorable(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && /^2[23]/.test(error.code ?? '');
}
