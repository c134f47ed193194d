import { encodeStoredEvent } from '@greencloud/event-log';
import {
  ListOpenTasksResponse,
  ReadPartitionResponse,
  ReadTasksResponse,
  TaskStream,
} from '@greencloud/proto/eventlog/v1/event_log';
import type { StoredEvent } from '../log/stored-event.ts';

/** The streams of tasks, by their ids. */
export type Streams = Iterable<readonly [taskId: string, events: readonly StoredEvent[]]>;

// Answers are put together from the log's own bytes. Decoded and encoded again they would lose what
// a newer release has written, and cost twice.
const lengthDelimited = 2;
const field = (number: number) => (number << 3) | lengthDelimited;

export function encodePartition(events: readonly StoredEvent[]): Uint8Array {
  const writer = ReadPartitionResponse.encode({ events: [] });
  for (const event of events) writer.uint32(field(1)).bytes(encodeStoredEvent(event, event.data));
  return writer.finish();
}

export function encodeTasks(streams: Streams): Uint8Array {
  const writer = ReadTasksResponse.encode({ streams: [] });
  for (const stream of streams) writer.uint32(field(1)).bytes(encodeStream(stream));
  return writer.finish();
}

export function encodeOpenTasks(asOfPosition: bigint, streams: Streams): Uint8Array {
  const writer = ListOpenTasksResponse.encode({ asOfPosition, streams: [] });
  for (const stream of streams) writer.uint32(field(2)).bytes(encodeStream(stream));
  return writer.finish();
}

function encodeStream([taskId, events]: readonly [string, readonly StoredEvent[]]): Uint8Array {
  const writer = TaskStream.encode({ taskId, events: [] });
  for (const event of events) writer.uint32(field(2)).bytes(encodeStoredEvent(event, event.data));
  return writer.finish();
}
