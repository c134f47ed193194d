import type { RecordedEvent } from '../recorded-event.ts';
import { chunks } from './chunks.ts';
import type { CatchUpReason, FollowOptions, FollowTimers } from './follow-options.ts';
import type { LiveFeed } from './live-feed.ts';
import { LogSetBackError } from './log-set-back-error.ts';
import { readBehind } from './read-behind.ts';

const minBackOffMs = 50;
const maxBackOffMs = 2_000;

/** What `apply` threw, so that it is not taken for trouble with the log. */
class ApplyError extends Error {
  override readonly name = 'ApplyError';
}

/**
 * Reads the log from the tail to its head, retrying the log for ever; rejects as `apply` does, and
 * with LogSetBackError.
 */
export async function catchUp(
  reason: CatchUpReason,
  feed: LiveFeed,
  options: FollowOptions,
  signal: AbortSignal,
  timers: FollowTimers,
): Promise<void> {
  const { onState = () => undefined } = options;
  onState({ kind: 'catching_up', reason, position: feed.intake.tail });
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await readToHead(feed, options, signal);
      feed.intake.settle();
      if (!signal.aborted) onState({ kind: 'live', position: feed.intake.tail });
      return;
    } catch (error) {
      if (error instanceof ApplyError) throw error.cause;
      if (error instanceof LogSetBackError) throw error;
      if (signal.aborted) return;
      onState({ kind: 'log_unreachable', error, position: feed.intake.tail });
      await timers.sleep(Math.min(maxBackOffMs, minBackOffMs * 2 ** attempt), signal);
    }
  }
}

async function readToHead(
  { intake }: LiveFeed,
  options: FollowOptions,
  signal: AbortSignal,
): Promise<void> {
  const { maxBatch = 500 } = options;
  for await (const events of readBehind(intake, options, signal)) {
    for (const batch of chunks(events, maxBatch)) {
      if (signal.aborted) return;
      const last = lastOf(intake.tail, batch);
      await options.apply(batch).catch((cause: unknown) => {
        throw new ApplyError('apply failed', { cause });
      });
      if (last !== undefined) intake.advance(last);
    }
  }
}

/** The log itself is dense; an answer that is not would be applied with a hole for ever. */
function lastOf(tail: bigint, batch: RecordedEvent[]): RecordedEvent | undefined {
  for (const { position } of batch) {
    if (position !== tail + 1n) {
      throw new Error(`The log answered position ${position} after ${tail}`);
    }
    tail = position;
  }
  return batch.at(-1);
}
