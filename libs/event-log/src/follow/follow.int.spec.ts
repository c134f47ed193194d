import { type Bus, connectBus } from '@greencloud/bus';
import { createLogger } from '@greencloud/runtime';
import { eventually, type TestNats, withNats } from '@greencloud/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { taskOf } from '../testing/memory-follower.ts';
import { createMemoryLog } from '../testing/memory-log.ts';
import { publishLog } from '../testing/publish-log.ts';
import { taskStory } from '../testing/task-story.ts';
import { follow } from './follow.ts';
import type { CatchUpReason, FollowState } from './follow-options.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

describe('follow over a real nats-server', () => {
  let nats: TestNats;
  let bus: Bus;

  beforeEach(async () => {
    nats = await withNats();
    const stream = { maxBytes: 16 * 1024 * 1024 };
    bus = await connectBus({ servers: nats.url, name: 'test', logger, stream });
  });
  afterEach(async () => {
    await bus.close();
    await nats.close();
  });

  function setUp(headCheckMs = 200) {
    const log = createMemoryLog({ partitions: 1 });
    const applied: bigint[] = [];
    const states: FollowState[] = [];
    const stop = new AbortController();
    let tasks = 0;
    const ended = follow({
      partition: 0,
      from: 0n,
      reader: log,
      bus,
      signal: stop.signal,
      headCheckMs,
      onState: (state) => states.push(state),
      async apply(events) {
        applied.push(...events.map(({ position }) => position));
      },
    });
    return {
      applied,
      append(count: number) {
        for (let i = 0; i < count; i++) {
          log.append(taskOf(tasks++), ...taskStory([0, 4, 2]));
        }
      },
      publish: () => publishLog(bus, 0, log.events(0)),
      reasons: (): CatchUpReason[] =>
        states.flatMap((state) => (state.kind === 'catching_up' ? [state.reason] : [])),
      async whole() {
        const expected = log.events(0).map(({ position }) => position);
        await eventually(() => expect(applied.length).toBeGreaterThanOrEqual(expected.length));
        expect(applied).toEqual(expected);
      },
      async stop() {
        stop.abort();
        await ended;
      },
    };
  }

  it('applies live what is published, without asking the log again', async () => {
    const test = setUp(60_000);
    await test.publish();
    await eventually(() => test.reasons().includes('subscribed'));
    test.append(50);
    await test.publish();
    await test.whole();
    expect(test.reasons().filter((reason) => reason === 'gap' || reason === 'lost_tail')).toEqual(
      [],
    );
    await test.stop();
  });

  it('applies everything once through kill -9, restart and wipe of the server', async () => {
    const test = setUp();
    test.append(20);
    await test.publish();
    await test.whole();

    await nats.kill();
    test.append(20);
    await test.whole();
    await nats.start();
    await eventually(async () => expect(await test.publish()).toBe(160n));

    await nats.wipe();
    test.append(20);
    await nats.start();
    await eventually(async () => expect(await test.publish()).toBe(240n));
    test.append(20);
    await test.publish();
    await test.whole();
    expect(test.reasons()).toContain('disconnected');
    await test.stop();
  });

  it('finds what was never published', async () => {
    const test = setUp();
    await test.publish();
    await test.whole();
    test.append(5);
    await test.whole();
    expect(test.reasons()).toContain('lost_tail');
    await test.stop();
  });
});
