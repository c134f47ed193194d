import { createSignal, sleep } from '@greencloud/runtime';
import { catchUp } from './catch-up.ts';
import type { FollowOptions, FollowTimers } from './follow-options.ts';
import { createIntake } from './intake.ts';
import { LogSetBackError } from './log-set-back-error.ts';
import { createNeed, feedLive, type LiveFeed } from './live-feed.ts';

const realTimers: FollowTimers = { createSignal, sleep };

/**
 * Applies a partition's events in order, without a hole and each once, until the abort: live from
 * NATS, and from the log whatever NATS lost, repeated or reordered. Rejects as `apply` does, and
 * with LogSetBackError.
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { timers = realTimers, maxWaiting = 20_000 } = options;
  const feed: LiveFeed = {
    intake: createIntake(options.from, maxWaiting),
    need: createNeed('started'),
    wake: timers.createSignal(),
  };
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const live = feedLive(feed, options.bus, options.partition, signal);
  void live.catch(() => ended.abort());
  try {
    await applyUntil(signal, feed, options, timers);
  } finally {
    ended.abort();
    await live;
  }
}

async function applyUntil(
  signal: AbortSignal,
  feed: LiveFeed,
  options: FollowOptions,
  timers: FollowTimers,
): Promise<void> {
  const { intake, need, wake } = feed;
  const { maxBatch = 500, headCheckMs = 1_000 } = options;
  while (!signal.aborted) {
    const reason = need.take();
    if (reason !== undefined) {
      await catchUp(reason, feed, options, signal, timers);
      continue;
    }
    const events = intake.take(maxBatch);
    if (events.length > 0) {
      await options.apply(events);
      continue;
    }
    const woken = await wake.wait(signal, headCheckMs);
    if (woken === 'timed-out') await checkHead(feed, options);
  }
}

/** A tail that NATS lost makes no gap: only the log's head tells. So it does of one set back. */
async function checkHead({ intake, need }: LiveFeed, options: FollowOptions): Promise<void> {
  const head = await headOf(options);
  // The reader's trouble is told by the catch-up, which retries it.
  if (head === undefined) return need.ask('lost_tail');
  const { tail, waiting } = intake;
  if (head < tail) throw new LogSetBackError(options.partition, tail, 'is shorter');
  if (head > tail + BigInt(waiting)) need.ask('lost_tail');
}

async function headOf({ reader, partition, signal }: FollowOptions): Promise<bigint | undefined> {
  try {
    return (await reader.getLog(signal)).heads[partition];
  } catch {
    return undefined;
  }
}
