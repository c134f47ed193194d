import type { RecordedEvent } from '../recorded-event.ts';
import type { FollowOptions } from './follow-options.ts';
import type { Intake } from './intake.ts';
import { LogSetBackError } from './log-set-back-error.ts';

/**
 * The log behind the tail, after it has shown that it still has the tail's own event there: one
 * that was restored and has gone on since looks like any other. Throws LogSetBackError.
 */
export async function* readBehind(
  { tail, tailEventId }: Pick<Intake, 'tail' | 'tailEventId'>,
  { reader, partition }: Pick<FollowOptions, 'reader' | 'partition'>,
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent[]> {
  if (tailEventId === undefined) {
    yield* reader.readPartition(partition, tail, { signal });
    return;
  }
  let own: 'awaited' | 'seen' = 'awaited';
  for await (const events of reader.readPartition(partition, tail - 1n, { signal })) {
    const [first] = events;
    if (own === 'awaited' && first !== undefined && first.eventId !== tailEventId) {
      throw new LogSetBackError(partition, tail, 'differs');
    }
    yield own === 'seen' ? events : events.slice(1);
    if (first !== undefined) own = 'seen';
  }
  if (signal.aborted || own === 'seen') return;
  throw new LogSetBackError(partition, tail, 'is shorter');
}
