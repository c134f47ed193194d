import { DomainError } from '@greencloud/domain';
import { isPassing } from './sql-state.ts';

/**
 * UNAVAILABLE in place of an error that says that the database is away; others stay as they are.
 * `saying` is what the caller reads, for example 'The log does not answer'.
 */
export function unavailableWhenAway(saying: string): (error: unknown) => unknown {
  return (error) => {
    if (!isPassing(error)) return error;
    const unavailable = new DomainError('UNAVAILABLE', saying);
    unavailable.cause = error;
    return unavailable;
  };
}
