import { parseTaskId, parseTenantId, type TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import { createMemoryLog, type MemoryLog, taskStory } from '@greencloud/event-log/testing';
import fc from 'fast-check';

export const tenants = [
  parseTenantId('5f0000000000000000000001'),
  parseTenantId('5f0000000000000000000002'),
] as const;

export function taskNumber(number: number): TaskId {
  return parseTaskId(number.toString(16).padStart(24, '0'));
}

function tenantOf(number: number) {
  return tenants[number % 2] ?? tenants[0];
}

/** A log of some tasks of two tenants, their events interleaved, each a second after the last. */
export function logOf(stories: readonly (readonly number[])[], partitions = 1): MemoryLog {
  let now = 1_678_087_212_000;
  const log = createMemoryLog({ partitions, now: () => (now += 1_000), batch: 7 });
  const waiting = stories.map((choices, task) => ({
    taskId: taskNumber(task),
    events: taskStory(choices, tenantOf(task)),
  }));
  while (waiting.some(({ events }) => events.length > 0)) {
    for (const { taskId, events } of waiting) {
      const event = events.shift();
      if (event !== undefined) log.append(taskId, event);
    }
  }
  return log;
}

/** Choices of a few tasks, as `logOf` takes them. */
export const stories = fc.array(fc.array(fc.nat(1_000), { maxLength: 12 }), {
  minLength: 1,
  maxLength: 8,
});

/** Cuts a partition into contiguous batches at arbitrary places. */
export function cut(events: readonly RecordedEvent[], sizes: readonly number[]): RecordedEvent[][] {
  const batches: RecordedEvent[][] = [];
  let start = 0;
  for (const size of [...sizes, events.length]) {
    const batch = events.slice(start, start + size);
    if (batch.length > 0) batches.push(batch);
    start += size;
  }
  return batches;
}
