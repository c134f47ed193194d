import { DomainError } from '@greencloud/domain';
import { isPassing } from './connection-loss.ts';

/** UNAVAILABLE in place of an error that says that the database is away; others stay as they are. */
export function unavailableWhenAway(error: unknown): unknown {
  if (!isPassing(error)) return error;
  const unavailable = new DomainError('UNAVAILABLE', 'The log does not answer');
  unavailable.cause = error;
  return unavailable;
}

/** Rejects with UNAVAILABLE when the database is away. */
export async function throughOutage<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw unavailableWhenAway(error);
  }
}

/** The same for what comes in pieces. */
export async function* eachThroughOutage<T>(pieces: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* pieces;
  } catch (error) {
    throw unavailableWhenAway(error);
  }
}
