import { parseTaskId, type TaskId } from '@greencloud/domain';
import { follow } from '../follow/follow.ts';
import type { FollowOptions, FollowState } from '../follow/follow-options.ts';
import type { RecordedEvent } from '../recorded-event.ts';
import { createManualTimers } from './manual-timers.ts';
import { createMemoryLog } from './memory-log.ts';
import { taskStory } from './task-story.ts';
import { createUnrulyBus } from './unruly-bus.ts';

export function taskOf(number: number): TaskId {
  return parseTaskId(number.toString(16).padStart(24, '0'));
}

/** A follower over a log in memory; `settle` lets time pass until nothing more happens. */
export function startFollower(options: Partial<FollowOptions> = {}) {
  const log = createMemoryLog({ partitions: 1, batch: 3 });
  const bus = createUnrulyBus();
  const timers = createManualTimers();
  const stop = new AbortController();
  const applied: bigint[] = [];
  const batches: number[] = [];
  const states: FollowState[] = [];
  let tasks = 0;
  const ended = follow({
    partition: 0,
    from: 0n,
    reader: log,
    bus,
    signal: stop.signal,
    timers,
    onState: (state) => states.push(state),
    async apply(events) {
      batches.push(events.length);
      applied.push(...events.map(({ position }) => position));
    },
    ...options,
  });
  return {
    log,
    bus,
    timers,
    stop,
    applied,
    batches,
    states,
    ended,
    append(count: number): RecordedEvent[] {
      return Array.from({ length: count }, () =>
        log.append(taskOf(tasks++), ...taskStory([])),
      ).flat();
    },
    async settle() {
      for (let turn = 0; turn < 10; turn++) {
        for (let i = 0; i < 5; i++) await new Promise(setImmediate);
        timers.tick();
      }
    },
    expected: () => log.events(0).map(({ position }) => position),
  };
}
