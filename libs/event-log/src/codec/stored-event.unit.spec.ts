import { parseTaskId, type TaskEvent } from '@greencloud/domain';
import { RecordedEvent as ProtoRecordedEvent } from '@greencloud/proto/task/v1/event';
import { expect, it } from 'vitest';
import { storyTenant } from '../testing/task-story.ts';
import { encodeRecordedEvent } from './recorded-event.ts';
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

it('gives the same bytes as encoding the event again', () => {
  const event: TaskEvent = { type: 'TaskProgressed', attempt: 2, percent: 50 };
  const bytes = encodeStoredEvent(envelope, encodeTaskEvent(event));
  expect(Buffer.from(bytes)).toEqual(Buffer.from(encodeRecordedEvent({ ...envelope, event })));
});

it('passes on what it cannot read', () => {
  // Field 15, a message: what TaskEvent may hold one day.
  const future = Buffer.concat([Buffer.from([8, 1]), Buffer.from([(15 << 3) | 2, 2, 8, 1])]);
  const bytes = Buffer.from(encodeStoredEvent(envelope, future));
  expect(bytes.includes(future)).toBe(true);
  expect(ProtoRecordedEvent.decode(bytes)).toMatchObject({ position: 2n ** 60n, version: 7 });
});
