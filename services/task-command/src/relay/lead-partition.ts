import type { EventPublisher, OutgoingEvent, PublishResult } from '@greencloud/bus';
import { batchOfOne, encodeStoredEvent } from '@greencloud/event-log';
import { type Logger, retry, sleep } from '@greencloud/runtime';
import { readHead } from '../log/read-head.ts';
import { readPartition } from '../log/read-partition.ts';
import type { StoredEvent } from '../log/stored-event.ts';
import type { Db } from '../postgres/database.ts';
import type { Outbox } from './outbox.ts';
import { type Confirmation, confirmEnd } from './confirm-end.ts';
import { type Resume, resumeAfter } from './resume-after.ts';

export interface LeaderOptions {
  readonly partition: number;
  readonly db: Db;
  readonly bus: EventPublisher;
  readonly outbox: Outbox;
  readonly logger: Logger;
  /** Aborted when the lease is gone. */
  readonly signal: AbortSignal;
  /** Asks the database whether this leader's epoch is the current one. */
  readonly isCurrent: () => Promise<'yes' | 'no'>;
  readonly progress: RelayProgress;
}

/** Called as the leader learns more. */
export interface RelayProgress {
  committed(partition: number, position: bigint): void;
  published(partition: number, upTo: bigint, events: number): void;
  /** The stream held what the log does not, and is made anew. */
  discarded(partition: number, why: Exclude<Confirmation, 'confirmed'>): void;
}

type Failure = Exclude<PublishResult, { kind: 'published' }>;

// Of one message, unless its bytes are too many before. What comes while a message waits for its ack
// is the next one: a single event at low load.
const maxEvents = 512;
const lastPosition = 2n ** 63n - 1n;
const backOffMs = { wrong_last: 20, no_stream: 20, disconnected: 250, refused: 1_000 };

/** Publishes what the log gains, in order, until the signal; rejects only then. */
export async function leadPartition(options: LeaderOptions): Promise<void> {
  const { bus, outbox, partition, signal, progress } = options;
  let end = await resume(options, 'unknown');
  while (!signal.aborted) {
    const events = await nextEvents(options, end.after);
    if (events.length === 0) {
      await outbox.wait(signal);
      continue;
    }
    const outgoing = events.map(outgoingEvent);
    const result = await bus.publish(outgoing, { partition, previous: end.previous });
    if (result.kind !== 'published') {
      end = await recover(options, result, end.after);
      continue;
    }
    const { upTo, next } = result;
    progress.published(partition, upTo, Number(upTo - end.after));
    // The others did not fit.
    if (upTo !== events.at(-1)?.position) outbox.wake();
    end = { after: upTo, previous: next };
  }
}

async function nextEvents(
  { outbox, db, partition, signal, progress }: LeaderOptions,
  after: bigint,
): Promise<readonly StoredEvent[]> {
  const next = outbox.next(after, maxEvents);
  if (next === 'nothing') return [];
  const range = { partition, after, upTo: lastPosition, limit: maxEvents };
  const events = next === 'read the log' ? await read(db, range, signal) : next;
  if (next === 'read the log' && events.length === maxEvents) outbox.wake();
  const last = events.at(-1);
  if (last !== undefined) progress.committed(partition, last.position);
  return events;
}

function read(db: Db, range: Parameters<typeof readPartition>[1], signal: AbortSignal) {
  return retry(() => readPartition(db, range), { signal, maxMs: 1_000 });
}

/** Never trusts its memory of the stream: another leader, a restart, a deletion may have changed it. */
async function recover(
  options: LeaderOptions,
  failure: Failure,
  published: bigint,
): Promise<Resume> {
  const { logger, partition, signal } = options;
  logger.warn({ partition, failure: describe(failure) }, 'publishing stopped, asking the stream');
  if (failure.kind === 'rejected') await sleep(backOffMs[failure.reason], signal);
  return await resume(options, published);
}

function describe(failure: Failure): string {
  return failure.kind === 'timeout' ? 'timeout' : `${failure.reason}: ${failure.detail}`;
}

async function resume(options: LeaderOptions, published: bigint | 'unknown'): Promise<Resume> {
  const { partition, signal, logger, progress } = options;
  const found = await retry(() => askStream(options, published), {
    signal,
    minMs: 50,
    maxMs: 2_000,
    onFailure: ({ error }) => logger.warn({ err: error, partition }, 'the relay cannot go on yet'),
  });
  progress.published(partition, found.after, 0);
  options.outbox.wake();
  return found;
}

async function askStream(options: LeaderOptions, published: bigint | 'unknown'): Promise<Resume> {
  const { bus, db, partition, progress } = options;
  await bus.ensureStream(partition);
  const end = await bus.lastPublished(partition);
  // After the stream, so that the log can only be further.
  const found = await confirmEnd(db, partition, end);
  const head = await readHead(db, partition);
  progress.committed(partition, head);
  if (found === 'confirmed') return resumeAfter(end, published, head);
  await discardStream(options, found, head);
  return await askStream(options, 'unknown');
}

/**
 * NATS is a cache: what the log does not have is thrown away, all of it, since nobody knows where the
 * two parted. Only under the current epoch; whoever was slow to delete costs the others a republish.
 */
async function discardStream(
  { bus, isCurrent, logger, partition, progress }: LeaderOptions,
  why: Exclude<Confirmation, 'confirmed'>,
  head: bigint,
): Promise<void> {
  const details = { partition, why, head: String(head) };
  logger.warn(details, 'the log was set back: its stream is made anew');
  if ((await isCurrent()) === 'no') throw new NotCurrentError(partition);
  await bus.deleteStream(partition);
  progress.discarded(partition, why);
}

class NotCurrentError extends Error {
  override readonly name = 'NotCurrentError';

  constructor(partition: number) {
    super(`another replica leads the relay of partition ${partition}`);
  }
}

function outgoingEvent(event: StoredEvent): OutgoingEvent {
  return { position: event.position, bytes: batchOfOne(encodeStoredEvent(event, event.data)) };
}
