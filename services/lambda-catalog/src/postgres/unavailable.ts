import { DomainError } from '@greencloud/domain';
import { DatabaseError } from 'pg';

// 08: connection exception. 25006: a standby that was the primary. 40: deadlock. 53: out of
// connections, disk, memory. 55P03: lock timeout. 57: time limit, shutdown, crash.
const passing = ['08', '25006', '40', '53', '55P03', '57'];

// What pg says itself when there is no server or no answer.
const pgMessages = /^(Connection terminated|timeout exceeded|Query read timeout|Client has)/;

/** A failure of Postgres that may pass becomes UNAVAILABLE; everything else stays what it is. */
export function unavailableOr(error: unknown): unknown {
  if (!isPassing(error)) return error;
  const unavailable = new DomainError('UNAVAILABLE', 'the catalog cannot reach its database');
  unavailable.cause = error;
  return unavailable;
}

function isPassing(error: unknown): boolean {
  if (error instanceof DatabaseError) return passing.some((start) => error.code?.startsWith(start));
  if (!(error instanceof Error)) return false;
  return pgMessages.test(error.message) || 'syscall' in error || error instanceof AggregateError;
}
