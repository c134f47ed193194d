import { parseNodeId, parseTaskId, type TaskEvent } from '@greencloud/domain';
import {
  EventBatch as ProtoEventBatch,
  type RecordedEvent as ProtoRecordedEvent,
  TaskEvent as ProtoTaskEvent,
} from '@greencloud/proto/task/v1/event';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../recorded-event.ts';
import { storyTenant, taskStory } from '../testing/task-story.ts';
import { EventCodecError } from './codec-error.ts';
import { decodeEventBatch, encodeEventBatch } from './event-batch.ts';
import { toProtoRecordedEvent } from './recorded-event.ts';
import { encodeStoredEvent } from './stored-event.ts';
import { decodeTaskEvent, encodeTaskEvent } from './task-event.ts';

const stories = fc.array(fc.nat(), { maxLength: 20 }).map((choices) => taskStory(choices));

function recordedWith(event: RecordedEvent['event']): RecordedEvent {
  return {
    partition: 3,
    position: 2n ** 60n,
    taskId: parseTaskId('63f47d1c5bd6eeef8211c83e'),
    version: 7,
    eventId: '0196f2c8-1111-7000-8000-000000000000',
    commandId: '0196f2c8-2222-7000-8000-000000000000',
    tenantId: storyTenant,
    recordedAt: 1_678_087_212_345,
    event,
  };
}

const assigned: TaskEvent = {
  type: 'TaskAssigned',
  attempt: 1,
  nodeId: parseNodeId('1a061cfd-df01-4b02-a067-5122c5941e15'),
  sessionEpoch: 2n ** 63n,
};

/** Of an event that this release would not write. */
function batchOf(event: ProtoRecordedEvent): Uint8Array {
  return ProtoEventBatch.encode({ events: [event] }).finish();
}

function reasonOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof EventCodecError) return error.reason;
    throw error;
  }
  return 'read';
}

describe('codec', () => {
  it('reads every event as it was written', () => {
    fc.assert(
      fc.property(stories, (events) => {
        for (const event of events) {
          expect(decodeTaskEvent(encodeTaskEvent(event))).toEqual(event);
        }
        const recorded = events.map(recordedWith);
        expect(decodeEventBatch(encodeEventBatch(recorded))).toEqual(recorded);
      }),
    );
  });

  it('keeps numbers beyond 2^53', () => {
    expect(decodeTaskEvent(encodeTaskEvent(assigned))).toEqual(assigned);
  });

  it('keeps an event well below the 4 KiB that NATS should carry', () => {
    for (const event of taskStory([1, 4, 2])) {
      expect(encodeEventBatch([recordedWith(event)]).length).toBeLessThan(1_024);
    }
  });

  it('names an event that only a newer release knows', () => {
    // Field 15, a message: what TaskEvent may hold one day.
    const future = Buffer.concat([Buffer.from([8, 1]), Buffer.from([(15 << 3) | 2, 2, 8, 1])]);
    expect(reasonOf(() => decodeTaskEvent(future))).toBe('unknown_event');
  });

  it('names a known event in a newer schema version', () => {
    const proto = ProtoTaskEvent.decode(encodeTaskEvent(assigned));
    const newer = ProtoTaskEvent.encode({ ...proto, schemaVersion: 2 }).finish();
    expect(reasonOf(() => decodeTaskEvent(newer))).toBe('newer_schema');
  });

  it('reads the events of this schema that carry fields it does not know', () => {
    const bytes = Buffer.concat([encodeTaskEvent(assigned), Buffer.from([(14 << 3) | 0, 1])]);
    expect(decodeTaskEvent(bytes)).toEqual(assigned);
  });

  it.each([
    ['no bytes', new Uint8Array()],
    ['garbage', new Uint8Array([255, 255, 255])],
    [
      'no outcome',
      ProtoTaskEvent.encode({
        schemaVersion: 1,
        event: { $case: 'finished', value: { attempt: 1, outcome: 0, status: 200, detail: '' } },
      }).finish(),
    ],
    [
      'an id that is none',
      ProtoTaskEvent.encode({
        schemaVersion: 1,
        event: { $case: 'assigned', value: { attempt: 1, nodeId: 'x', sessionEpoch: 1n } },
      }).finish(),
    ],
  ])('calls %s malformed', (_, bytes) => {
    expect(reasonOf(() => decodeTaskEvent(bytes))).toBe('malformed');
  });

  it('puts Unreadable in the place of an event that it cannot read', () => {
    const proto = toProtoRecordedEvent(recordedWith(assigned));
    const future = { ...proto, event: { schemaVersion: 9, event: proto.event?.event } };
    const [read] = decodeEventBatch(batchOf(future));
    expect(read).toMatchObject({ position: 2n ** 60n, version: 7 });
    expect(read?.event).toMatchObject({ type: 'Unreadable', reason: 'newer_schema' });
  });

  it('refuses an envelope without a position', () => {
    const proto = toProtoRecordedEvent(recordedWith(assigned));
    expect(reasonOf(() => decodeEventBatch(batchOf({ ...proto, position: 0n })))).toBe('malformed');
  });

  it.each([
    ['no bytes', Buffer.of()],
    ['garbage', Buffer.from([255, 255, 255])],
    ["an answer of nats-server's", Buffer.from('{"type":"io.nats.jetstream.api.v1.error"}')],
    ['an event without a batch', encodeStoredEvent(recordedWith(assigned), Buffer.of(8, 1))],
    ['half of a batch', encodeEventBatch([recordedWith(assigned)]).subarray(0, 90)],
  ])('does not take %s for a batch of events', (_, bytes) => {
    expect(reasonOf(() => decodeEventBatch(bytes))).toBe('malformed');
  });
});
