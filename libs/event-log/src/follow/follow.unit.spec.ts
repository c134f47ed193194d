import { parseTaskId } from '@greencloud/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../recorded-event.ts';
import { createManualTimers } from '../testing/manual-timers.ts';
import { createMemoryLog, type MemoryLog } from '../testing/memory-log.ts';
import { taskStory } from '../testing/task-story.ts';
import { createUnrulyBus } from '../testing/unruly-bus.ts';
import { follow } from './follow.ts';
import { LogSetBackError } from './log-set-back-error.ts';
import type { FollowOptions, FollowState } from './follow-options.ts';

function taskOf(number: number) {
  return parseTaskId(number.toString(16).padStart(24, '0'));
}

/** A follower over a log in memory; `settle` lets time pass until nothing more happens. */
function setUp(options: Partial<FollowOptions> = {}) {
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

/** The ids of the memory's events tell their position alone. */
function other(event: RecordedEvent): RecordedEvent {
  return { ...event, eventId: `other-${event.eventId}` };
}

function restored(log: MemoryLog): FollowOptions['reader'] {
  return {
    getLog: () => log.getLog(),
    async *readPartition(partition, after) {
      for await (const events of log.readPartition(partition, after)) yield events.map(other);
    },
  };
}

describe('follow', () => {
  it('catches up from the log, then applies what is live', async () => {
    const test = setUp();
    test.append(7);
    await test.settle();
    test.bus.deliver(...test.append(2));
    await test.settle();
    expect(test.applied).toEqual(test.expected());
    expect(test.states.at(-1)?.kind).toBe('live');
    test.stop.abort();
    await test.ended;
  });

  it('reads the missing range from the log when live events have a gap', async () => {
    const test = setUp();
    await test.settle();
    const [, , third] = test.append(3);
    if (third !== undefined) test.bus.deliver(third);
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    expect(test.applied).toEqual(test.expected());
    expect(test.states).toContainEqual({ kind: 'catching_up', reason: 'gap', position: 0n });
    test.stop.abort();
    await test.ended;
  });

  it('finds a lost tail by the head of the log', async () => {
    const test = setUp();
    await test.settle();
    test.append(2);
    await test.settle();
    expect(test.applied).toEqual(test.expected());
    expect(test.states).toContainEqual({ kind: 'catching_up', reason: 'lost_tail', position: 0n });
    test.stop.abort();
    await test.ended;
  });

  it('ends when the log was set back: its next events would be taken for old ones', async () => {
    const test = setUp({ from: 3n });
    test.append(2);
    const ended = expect(test.ended).rejects.toThrow(LogSetBackError);
    await test.settle();
    await ended;
    expect(test.applied).toEqual([]);
  });

  it.each(['a look at it', 'a message with the event at its end'])(
    'ends when another log has passed it, at %s',
    async (sign) => {
      const logs = [createMemoryLog({ partitions: 1 }), createMemoryLog({ partitions: 1 })];
      const [before, after] = logs;
      if (before === undefined || after === undefined) throw new Error('no logs');
      let now: FollowOptions['reader'] = before;
      const test = setUp({
        reader: {
          getLog: () => now.getLog(),
          readPartition: (partition, from) => now.readPartition(partition, from),
        },
      });
      before.append(taskOf(1), ...taskStory([0]));
      await test.settle();
      expect(test.applied).toEqual([1n, 2n]);
      after.append(taskOf(2), ...taskStory([0, 4, 2]));
      now = restored(after);
      const ended = expect(test.ended).rejects.toThrow(LogSetBackError);
      const second = after.events(0).slice(1, 2).map(other);
      if (sign === 'a look at it') await test.settle();
      else test.bus.deliver(...second);
      await ended;
      expect(test.applied).toEqual([1n, 2n]);
    },
  );

  it('goes on where the log ends', async () => {
    const test = setUp({ from: 3n });
    test.append(3);
    await test.settle();
    test.append(1);
    await test.settle();
    expect(test.applied).toEqual([4n]);
    test.stop.abort();
    await test.ended;
  });

  it('reads the log when a live message is no event', async () => {
    const test = setUp();
    await test.settle();
    test.append(1);
    test.bus.deliverBytes(0, new Uint8Array([255, 1, 2]));
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    expect(test.applied).toEqual([1n]);
    test.stop.abort();
    await test.ended;
  });

  it('takes from a message what follows, however much of it came before', async () => {
    const test = setUp();
    await test.settle();
    const events = test.append(5);
    test.bus.deliver(...events.slice(0, 3));
    test.bus.deliver(...events.slice(1));
    test.bus.deliver(...events.slice(0, 4));
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    expect(test.applied).toEqual(test.expected());
    expect(test.states.filter(({ kind }) => kind === 'catching_up')).toHaveLength(1);
    test.stop.abort();
    await test.ended;
  });

  it('reads the log when a message holds an event of another partition', async () => {
    const test = setUp();
    await test.settle();
    const [first, second] = test.append(2);
    if (first === undefined || second === undefined) throw new Error('no events');
    test.bus.deliver(first, { ...second, partition: 1, taskId: taskOf(99) });
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    expect(test.applied).toEqual([1n, 2n]);
    expect(test.states).toContainEqual({
      kind: 'catching_up',
      reason: 'undecodable',
      position: 0n,
    });
    test.stop.abort();
    await test.ended;
  });

  it('is not made deaf by a live event that the log does not have', async () => {
    const test = setUp();
    await test.settle();
    const [real] = test.append(1);
    if (real === undefined) throw new Error('no event');
    test.bus.deliver({ ...real, position: 1_000n });
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    test.bus.deliver(...test.append(1));
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    expect(test.applied).toEqual([1n, 2n]);
    test.stop.abort();
    await test.ended;
  });

  it('makes one batch of what arrives while a batch is applied', async () => {
    const first = Promise.withResolvers<void>();
    const sizes: number[] = [];
    const test = setUp({
      async apply(events) {
        sizes.push(events.length);
        if (sizes.length === 1) await first.promise;
      },
    });
    await test.settle();
    for (const event of test.append(4)) test.bus.deliver(event);
    test.bus.deliver(...test.append(4));
    await new Promise(setImmediate);
    for (const event of test.append(4)) test.bus.deliver(event);
    first.resolve();
    await test.settle();
    expect(sizes).toEqual([8, 4]);
    test.stop.abort();
    await test.ended;
  });

  it('keeps on asking a log that does not answer', async () => {
    const log = createMemoryLog({ partitions: 1 });
    log.append(taskOf(1), ...taskStory([]));
    let asked = 0;
    const test = setUp({
      reader: {
        getLog: () => log.getLog(),
        readPartition(partition, after) {
          asked += 1;
          if (asked < 4) throw new Error('away');
          return log.readPartition(partition, after);
        },
      },
    });
    await test.settle();
    expect(test.applied).toEqual([1n]);
    expect(test.states.some(({ kind }) => kind === 'log_unreachable')).toBe(true);
    test.stop.abort();
    await test.ended;
  });

  it('ends with what apply threw, in the log and live', async () => {
    const trouble = new Error('the database is away');
    const inLog = setUp({ apply: () => Promise.reject(trouble) });
    inLog.append(1);
    const live = setUp({ apply: () => Promise.reject(trouble) });
    const endings = Promise.allSettled([inLog.ended, live.ended]);
    await inLog.settle();
    await live.settle();
    live.bus.deliver(...live.append(1));
    expect(await endings).toMatchObject([{ reason: trouble }, { reason: trouble }]);
  });

  it('refuses a log that answers with a hole', async () => {
    const log = createMemoryLog({ partitions: 1 });
    const recorded = log.append(taskOf(1), ...taskStory([4, 5]));
    const applied: bigint[] = [];
    const test = setUp({
      reader: {
        getLog: () => log.getLog(),
        async *readPartition() {
          yield recorded.filter(({ position }) => position !== 2n);
        },
      },
      async apply(events) {
        applied.push(...events.map(({ position }) => position));
      },
    });
    await test.settle();
    expect(applied).toEqual([]);
    expect(test.states.some(({ kind }) => kind === 'log_unreachable')).toBe(true);
    test.stop.abort();
    await test.ended;
  });

  it('applies every event once and in order, whatever NATS loses, repeats and reorders', async () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 5 }) }),
      fc.record({
        kind: fc.constantFrom('deliver' as const, 'deliver each' as const),
        picks: fc.array(fc.nat(40)),
      }),
      fc.record({ kind: fc.constant('break' as const) }),
      fc.record({ kind: fc.constant('garbage' as const) }),
      fc.record({ kind: fc.constant('turn' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const test = setUp({ maxBatch: 4, maxWaiting: 6 });
        for (const step of acts) {
          if (step.kind === 'append') test.append(step.count);
          if (step.kind === 'break') test.bus.breakOff(0, 'consumer_lost');
          if (step.kind === 'garbage') test.bus.deliverBytes(0, new Uint8Array([7]));
          if (step.kind === 'turn') await new Promise(setImmediate);
          if (!('picks' in step)) continue;
          const events = step.picks.flatMap((pick) => test.log.events(0)[pick] ?? []);
          if (step.kind === 'deliver') test.bus.deliver(...events);
          else for (const event of events) test.bus.deliver(event);
        }
        await test.settle();
        expect(test.applied).toEqual(test.expected());
        expect(Math.max(0, ...test.batches)).toBeLessThanOrEqual(4);
        test.stop.abort();
        await test.ended;
      }),
      { numRuns: 200 },
    );
  });
});
