import { DatabaseError } from 'pg';

/** Undefined for what the server did not say: the driver's own errors, and everybody else's. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

// 08: connection exception. 57P: the operator ends sessions (shutdown, crash, terminate).
const lossClasses = ['08', '57P'];

/** The connection is gone or useless: whether its last statement committed is unknown. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return isOfDriver(error);
  return error.severity === 'FATAL' || lossClasses.some((start) => error.code?.startsWith(start));
}

/** The driver and the sockets below it throw plain errors; our own and the language's have names. */
function isOfDriver(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.constructor === Error || error instanceof AggregateError;
}

// 25006: a standby that was the primary. 40: serialisation, deadlock. 53: out of connections, disk.
// 55P03: lock not available. 57014: statement time-out.
const passingClasses = ['25006', '40', '53', '55P03', '57014'];

/** It may go through when tried again: nothing in the statement itself is wrong. */
export function isPassing(error: unknown): boolean {
  if (isConnectionLoss(error)) return true;
  const state = sqlStateOf(error) ?? '';
  return passingClasses.some((start) => state.startsWith(start));
}
