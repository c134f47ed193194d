import { isDeepStrictEqual } from 'node:util';
import type { RecordedEvent } from '@greencloud/event-log';
import { foldTask, UnappliableEventError } from '../view/fold-task.ts';
import type { TaskRow } from '../view/task-row.ts';

/**
 * What a row has that the log does not say, or lacks though its event lies at or before the
 * checkpoint; undefined when nothing. A row may be newer than the checkpoint, never older. Members
 * are named without their values: they may be a user's text.
 */
export function differenceOf(
  row: TaskRow,
  events: readonly RecordedEvent[],
  checkpoint: bigint,
): string | undefined {
  if (events.length === 0) return 'is not in the log';
  const next = events.find(({ version }) => version === row.version + 1);
  if (next !== undefined && next.position <= checkpoint) {
    return `stands at version ${row.version}, behind its partition's checkpoint ${checkpoint}`;
  }
  const folded = foldUpTo(row.version, events);
  if (typeof folded === 'string') return folded;
  if (folded.version !== row.version) {
    return `stands at version ${row.version}, the log ends at ${folded.version}`;
  }
  const members = (Object.keys(folded) as (keyof TaskRow)[]).filter(
    (member) => !isDeepStrictEqual(row[member], folded[member]),
  );
  return members.length === 0 ? undefined : `differs from the log in ${members.join(', ')}`;
}

function foldUpTo(version: number, events: readonly RecordedEvent[]): TaskRow | string {
  try {
    const row = foldTask(
      undefined,
      events.filter((event) => event.version <= version),
    );
    return row ?? 'is not in the log';
  } catch (error) {
    if (error instanceof UnappliableEventError) return `cannot be folded: ${error.message}`;
    throw error;
  }
}
