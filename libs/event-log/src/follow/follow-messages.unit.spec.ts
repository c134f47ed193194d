import { describe, expect, it } from 'vitest';
import { startFollower, taskOf } from '../testing/memory-follower.ts';

describe('follow', () => {
  it('reads the log when a live message is no event', async () => {
    const test = startFollower();
    await test.settle();
    test.append(1);
    test.bus.deliverBytes(0, new Uint8Array([255, 1, 2]));
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    expect(test.applied).toEqual([1n]);
    test.stop.abort();
    await test.ended;
  });

  it('takes from a message what follows, however much of it came before', async () => {
    const test = startFollower();
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
    const test = startFollower();
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
    const test = startFollower();
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
    const test = startFollower({
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
});
