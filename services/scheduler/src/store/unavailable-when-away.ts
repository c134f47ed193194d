import { DomainError } from '@greencloud/domain';
import { DatabaseError } from 'pg';

// 08: connection exception. 25006: a standby that was the primary. 40: deadlock. 53: out of
// connections, disk, memory. 55P03: lock time-out. 57: time limit, shutdown, crash.
const passing = ['08', '25006', '40', '53', '55P03', '57'];

/** UNAVAILABLE in place of an error that says that Postgres is away; others stay as they are. */
export function unavailableWhenAway(error: unknown): unknown {
  if (!isPassing(error)) return error;
  const unavailable = new DomainError('UNAVAILABLE', 'The register of nodes does not answer');
  unavailable.cause = error;
  return unavailable;
}

/** What the driver and the sockets below it throw has no name of its own. */
function isPassing(error: unknown): boolean {
  if (error instanceof DatabaseError) return passing.some((start) => error.code?.startsWith(start));
  return error instanceof Error && (error.constructor === Error || error instanceof AggregateError);
}
