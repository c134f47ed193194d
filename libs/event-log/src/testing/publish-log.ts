import type { EventPublisher } from '@greencloud/bus';
import { encodeEventBatch } from '../codec/event-batch.ts';
import type { RecordedEvent } from '../recorded-event.ts';

/**
 * What the relay does, in small: publishes a partition's events from where the stream ends. Answers
 * the last published position, undefined when NATS did not take them.
 */
export async function publishLog(
  bus: EventPublisher,
  partition: number,
  events: readonly RecordedEvent[],
): Promise<bigint | undefined> {
  try {
    await bus.ensureStream(partition);
    const previous = await bus.lastPublished(partition);
    const from = previous.kind === 'at' ? previous.position : 0n;
    const outgoing = events
      .filter(({ position }) => position > from)
      .map((recorded) => ({ position: recorded.position, bytes: encodeEventBatch([recorded]) }));
    if (outgoing.length === 0) return from;
    const result = await bus.publish(outgoing, { partition, previous });
    return result.kind === 'published' ? result.upTo : undefined;
  } catch {
    return undefined;
  }
}
