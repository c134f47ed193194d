import { DomainError } from '@greencloud/domain';
import { isPassing } from './connection-loss.ts';

/** UNAVAILABLE in place of an error that says that the database is away; others stay as they are. */
export function unavailableWhenAway(error: unknown): unknown {
  if (!isPassing(error)) return error;
  const unavailable = new DomainError('UNAVAILABLE', 'The log does not answer');
  unavailable.cause = error;
  return unavailable;
}
