import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startFollower, taskOf } from '../testing/memory-follower.ts';
import { createMemoryLog } from '../testing/memory-log.ts';
import { taskStory } from '../testing/task-story.ts';

describe('follow', () => {
  it('catches up from the log, then applies what is live', async () => {
    const test = startFollower();
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
    const test = startFollower();
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
    const test = startFollower();
    await test.settle();
    test.append(2);
    await test.settle();
    expect(test.applied).toEqual(test.expected());
    expect(test.states).toContainEqual({ kind: 'catching_up', reason: 'lost_tail', position: 0n });
    test.stop.abort();
    await test.ended;
  });

  it('goes on where the log ends', async () => {
    const test = startFollower({ from: 3n });
    test.append(3);
    await test.settle();
    test.append(1);
    await test.settle();
    expect(test.applied).toEqual([4n]);
    test.stop.abort();
    await test.ended;
  });

  it('keeps on asking a log that does not answer', async () => {
    const log = createMemoryLog({ partitions: 1 });
    log.append(taskOf(1), ...taskStory([]));
    let asked = 0;
    const test = startFollower({
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
    const inLog = startFollower({ apply: () => Promise.reject(trouble) });
    inLog.append(1);
    const live = startFollower({ apply: () => Promise.reject(trouble) });
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
    const test = startFollower({
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
        const test = startFollower({ maxBatch: 4, maxWaiting: 6 });
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
