import type { StreamEnd } from '@greencloud/bus';
import { decodeEventBatch, EventCodecError } from '@greencloud/event-log';
import { readPartition } from '../log/read-partition.ts';
import type { Db } from '../postgres/database.ts';

/** What the log says to a stream's last event. */
export type Confirmation =
  | 'confirmed'
  /** The log ends before it: it was restored from a backup, and NATS was not. */
  | 'ahead'
  /** It has another event there: it was set back, and has gone on since. */
  | 'differs';

/**
 * Looks into the log after the stream was asked: what is published was committed before, so an
 * event that the log does not have by now it will never have.
 */
export async function confirmEnd(db: Db, partition: number, end: StreamEnd): Promise<Confirmation> {
  if (end.kind === 'empty') return 'confirmed';
  const { position, bytes } = end;
  const [event] = await readPartition(db, {
    partition,
    after: position - 1n,
    upTo: position,
    limit: 1,
  });
  if (event === undefined) return 'ahead';
  return event.eventId === lastEventIn(bytes) ? 'confirmed' : 'differs';
}

function lastEventIn(bytes: Uint8Array): string | undefined {
  try {
    return decodeEventBatch(bytes).at(-1)?.eventId;
  } catch (error) {
    if (error instanceof EventCodecError) return undefined;
    throw error;
  }
}
