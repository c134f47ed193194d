import type { StoredMessage } from '@greencloud/bus/testing';
import type { LogTables } from '../postgres/log-tables.ts';
import type { Violations } from './violations.ts';

/**
 * A stream holds what is committed, and behind a message only the next one of the log: or a later
 * one, when the server takes all between them for stored, since it was purged of them.
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
  const [partition = 0, position = 0] = message.msgId.split(':').map(Number);
  violations.check('stream in order', position <= Number(log.head(partition)), () => {
    return `position ${position} of partition ${partition} was published, and is not in the log`;
  });
  if (before === undefined) return;
  const [, last = 0] = before.msgId.split(':').map(Number);
  let next = last + 1;
  while (next < position && remembers(`${partition}:${next}`)) next += 1;
  violations.check('stream in order', position === next, () => {
    return `position ${position} of partition ${partition} stands behind ${last}`;
  });
}
