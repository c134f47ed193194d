import { DatabaseError } from 'pg';

// 08: connection exception. 57P: the operator ends sessions (shutdown, crash, terminate).
const lossClasses = ['08', '57P'];

/** The connection is gone or useless: whether its last statement committed is unknown. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return true;
  return error.severity === 'FATAL' || lossClasses.some((start) => error.code?.startsWith(start));
}

// 25006: a standby that was the primary. 40: serialisation, deadlock. 53: out of connections, disk.
const passingClasses = ['25006', '40', '53', '55P03', '57014'];

/** It may go through when tried again: nothing in the statement itself is wrong. */
export function isPassing(error: unknown): boolean {
  if (isConnectionLoss(error)) return true;
  const code = error instanceof DatabaseError ? (error.code ?? '') : '';
  return passingClasses.some((start) => code.startsWith(start));
}
