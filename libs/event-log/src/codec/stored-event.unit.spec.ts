import { parseTaskId, parseTenantId, type TaskEvent } from '@greencloud/domain';
import { RecordedEvent as ProtoRecordedEvent } from '@greencloud/proto/task/v1/event';
import { expect, it } from 'vitest';
import { storyTenant } from '../testing/task-story.ts';
import { batchOfOne, decodeEventBatch, encodeEventBatch } from './event-batch.ts';
import { encodeStoredEvent } from './stored-event.ts';
import { encodeTaskEvent } from './task-event.ts';

const envelope = {
  partition: 3,
  position: 2n ** 60n,
  taskId: parseTaskId('63f47d1c5bd6eeef8211c83e'),
  version: 7,
  eventId: '0196f2c8-1111-7000-8000-000000000000',
  commandId: '0196f2c8-2222-7000-8000-000000000000',
  tenantId: storyTenant,
  recordedAt: 1_678_087_212_345,
};

const event: TaskEvent = { type: 'TaskProgressed', attempt: 2, percent: 50 };

it.each([1n, 127n, 128n, 2n ** 31n, 2n ** 53n - 1n, 2n ** 60n])(
  'gives the same bytes as encoding the event again, at position %s',
  (position) => {
    const at = { ...envelope, position };
    const bytes = batchOfOne(encodeStoredEvent(at, encodeTaskEvent(event)));
    expect(Buffer.from(bytes)).toEqual(Buffer.from(encodeEventBatch([{ ...at, event }])));
  },
);

it('can be read as the event that it is, in partition 0 too', () => {
  const odd = {
    ...envelope,
    partition: 0,
    position: 5n,
    tenantId: parseTenantId('auth0|some.user@x-1'),
  };
  const bytes = batchOfOne(encodeStoredEvent(odd, encodeTaskEvent(event)));
  expect(decodeEventBatch(bytes)).toEqual([{ ...odd, event }]);
});

it('is a batch with others, one behind the other, however long each is', () => {
  const recorded = [1, 200, 20_000].map((length, index) => {
    return { ...envelope, version: index + 1, commandId: 'c'.repeat(length), event };
  });
  const data = encodeTaskEvent(event);
  const bytes = recorded.map((one) => batchOfOne(encodeStoredEvent(one, data)));
  expect(decodeEventBatch(Buffer.concat(bytes))).toEqual(recorded);
});

it('passes on what it cannot read', () => {
  // Field 15, a message: what TaskEvent may hold one day.
  const future = Buffer.concat([Buffer.from([8, 1]), Buffer.from([(15 << 3) | 2, 2, 8, 1])]);
  const bytes = Buffer.from(encodeStoredEvent(envelope, future));
  expect(bytes.includes(future)).toBe(true);
  expect(ProtoRecordedEvent.decode(bytes)).toMatchObject({ position: 2n ** 60n, version: 7 });
});
