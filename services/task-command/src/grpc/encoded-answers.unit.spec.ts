import {
  ListOpenTasksResponse,
  ReadPartitionResponse,
  ReadTasksResponse,
} from '@greencloud/proto/eventlog/v1/event_log';
import { encodeTaskEvent } from '@greencloud/event-log';
import { expect, it } from 'vitest';
import { newTaskId, tenant } from '../log/log-fixtures.ts';
import type { StoredEvent } from '../log/stored-event.ts';
import { encodeOpenTasks, encodePartition, encodeTasks } from './encoded-answers.ts';

const taskId = newTaskId();

function stored(position: bigint, data: Uint8Array): StoredEvent {
  return {
    partition: 1,
    position,
    taskId,
    version: Number(position),
    type: 'TaskProgressed',
    eventId: 'e',
    commandId: 'c',
    tenantId: tenant,
    recordedAt: 1_678_087_212_345,
    data,
  };
}

const progressed = encodeTaskEvent({ type: 'TaskProgressed', attempt: 1, percent: 50 });
const events = [stored(1n, progressed), stored(2n, progressed)];
const decoded = {
  partition: 1,
  position: 1n,
  taskId,
  version: 1,
  recordedAt: 1_678_087_212_345n,
  event: { event: { $case: 'progressed', value: { attempt: 1, percent: 50 } } },
};

it('are the messages of the contract', () => {
  expect(ReadPartitionResponse.decode(encodePartition(events)).events).toMatchObject([
    decoded,
    { position: 2n },
  ]);
  const streams = [[taskId, events] as const, ['empty', []] as const];
  expect(ReadTasksResponse.decode(encodeTasks(streams)).streams).toMatchObject([
    { taskId, events: [decoded, { position: 2n }] },
    { taskId: 'empty', events: [] },
  ]);
  expect(ListOpenTasksResponse.decode(encodeOpenTasks(9n, streams))).toMatchObject({
    asOfPosition: 9n,
    streams: [{ taskId, events: [decoded, { position: 2n }] }, { taskId: 'empty' }],
  });
});

it('carry on what this release cannot read', () => {
  // Field 15, a message: what TaskEvent may hold one day.
  const future = Buffer.concat([Buffer.from([8, 1]), Buffer.from([(15 << 3) | 2, 2, 8, 1])]);
  const newer = [stored(1n, future)];
  for (const bytes of [
    encodePartition(newer),
    encodeTasks([[taskId, newer]]),
    encodeOpenTasks(1n, [[taskId, newer]]),
  ]) {
    expect(Buffer.from(bytes).includes(future)).toBe(true);
  }
});
