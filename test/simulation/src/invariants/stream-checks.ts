import type { StoredMessage } from '@greencloud/bus/testing';
import { decodeEventBatch } from '@greencloud/event-log';
import type { LogTables } from '../postgres/log-tables.ts';
import type { Violations } from './violations.ts';

/**
 * A stream holds what is committed, whole and in order in each message, and behind a message only
 * the next one of the log: or a later one, when the server takes what lies between for stored, since
 * it was purged of it.
 */
export function checkOrder(
  stored: {
    readonly message: StoredMessage;
    readonly before: StoredMessage | undefined;
    readonly remembers: (msgId: string) => boolean;
  },
  log: LogTables,
  violations: Violations,
): void {
  const { message, before, remembers } = stored;
  const { partition, last } = idOf(message);
  const positions = decodeEventBatch(message.data).map(({ position }) => Number(position));
  const [first = 0] = positions;
  violations.check('stream in order', last <= Number(log.head(partition)), () => {
    return `position ${last} of partition ${partition} was published, and is not in the log`;
  });
  const isDense = positions.every((position, index) => position === first + index);
  violations.check('stream in order', isDense && positions.at(-1) === last, () => {
    return `a message of partition ${partition} up to ${last} holds ${positions.join(', ')}`;
  });
  if (before === undefined) return;
  const follows = idOf(before).last + 1 === first || remembers(`${partition}:${first - 1}`);
  violations.check('stream in order', follows && idOf(before).last < first, () => {
    return `position ${first} of partition ${partition} stands behind ${idOf(before).last}`;
  });
}

/** By its id: the last position that it holds. */
function idOf({ msgId }: StoredMessage): { readonly partition: number; readonly last: number } {
  const [partition = 0, last = 0] = msgId.split(':').map(Number);
  return { partition, last };
}
