import { DomainError } from '@greencloud/domain';
import type { ItemError } from '@greencloud/proto/task/v1/task';
import { BatcherClosedError, type Logger } from '@greencloud/runtime';
import { unavailableWhenLogIsAway } from '../postgres/outage.ts';

/** What one item of a batch came to. */
export type ItemAnswer<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'error'; readonly error: ItemError };

/** A command id that was used for another kind of command before. */
export const unexpected: ItemError = {
  code: 'CONFLICT',
  message: 'The command id belongs to another command',
};

/** Answers every item by itself: one that is refused never fails its batch. */
export async function answerEach<Item, T>(
  items: readonly Item[],
  answerOne: (item: Item) => Promise<T>,
  logger: Logger,
): Promise<ItemAnswer<T>[]> {
  return await Promise.all(
    items.map(async (item): Promise<ItemAnswer<T>> => {
      try {
        return { kind: 'value', value: await answerOne(item) };
      } catch (error) {
        return { kind: 'error', error: itemError(error, logger) };
      }
    }),
  );
}

/** Faults of ours are told to the log and not to the caller; a log that is away is no fault. */
function itemError(thrown: unknown, logger: Logger): ItemError {
  if (thrown instanceof BatcherClosedError) {
    return { code: 'UNAVAILABLE', message: 'The service drains' };
  }
  const error = unavailableWhenLogIsAway(thrown);
  if (error instanceof DomainError && error.code !== 'INTERNAL') {
    return { code: error.code, message: error.message };
  }
  logger.error({ err: error }, 'a command failed');
  return { code: 'INTERNAL', message: 'The command could not be carried out' };
}

/** Throws VALIDATION_FAILED for the whole call. */
export function atMost<Item>(items: readonly Item[], limit: number): readonly Item[] {
  if (items.length <= limit) return items;
  throw new DomainError('VALIDATION_FAILED', `At most ${limit} items in one call`);
}
