import { type Bus, connectBus, type Previous } from '@greencloud/bus';
import { parseTaskId } from '@greencloud/domain';
import { createLogger } from '@greencloud/runtime';
import { eventually, type TestNats, withNats } from '@greencloud/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeEventBatch } from '../codec/event-batch.ts';
import type { RecordedEvent } from '../recorded-event.ts';
import { storyTenant } from '../testing/task-story.ts';
import { createTaskFeed, type TaskFeed } from './task-feed.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const [taskA, taskB] = [parseTaskId('a'.repeat(24)), parseTaskId('b'.repeat(24))];

let nats: TestNats;
let bus: Bus;
let feed: TaskFeed;
beforeEach(async () => {
  nats = await withNats();
  const stream = { maxBytes: 16 * 1024 * 1024 };
  bus = await connectBus({ servers: nats.url, name: 'test', logger, stream });
  feed = createTaskFeed(bus);
  await bus.ensureStream(0);
});
afterEach(async () => {
  await bus.close();
  await nats.close();
});

function recorded(position: number): RecordedEvent {
  return {
    partition: 0,
    position: BigInt(position),
    taskId: position % 2 === 0 ? taskA : taskB,
    version: position,
    eventId: '',
    commandId: '',
    tenantId: storyTenant,
    recordedAt: 0,
    event: { type: 'TaskProgressed', attempt: 1, percent: 0 },
  };
}

/** Publishes three events a message, as fast as it goes; `begun` is the last one that was sent. */
function publishing() {
  const state = { begun: 0, isOver: false };
  const ended = (async () => {
    let previous: Previous = await bus.lastPublished(0);
    while (!state.isOver) {
      const events = [1, 2, 3].map((step) => recorded(state.begun + step));
      state.begun += 3;
      const outgoing = events.map((event) => {
        return { position: event.position, bytes: encodeEventBatch([event]) };
      });
      const result = await bus.publish(outgoing, { partition: 0, previous });
      if (result.kind !== 'published') throw new Error(JSON.stringify(result));
      previous = result.next;
    }
  })();
  const stop = async () => {
    state.isOver = true;
    await ended;
    return state.begun;
  };
  return { state, stop };
}

it('misses nothing from the moment that it is live, also beside those who listen already', async () => {
  const { state, stop } = publishing();
  const joined: { after: number; seen: number[] }[] = [];
  for (let listener = 0; listener < 20; listener += 1) {
    const seen: number[] = [];
    const { live } = feed.listen(0, listener % 3 === 0 ? taskB : taskA, {
      onEvent: ({ version }) => void seen.push(version),
      onGap: () => undefined,
    });
    await live;
    joined.push({ after: state.begun, seen });
    await eventually(() => state.begun > listener * 30);
  }
  await eventually(() => state.begun > (joined.at(-1)?.after ?? 0) + 30);
  const last = await stop();
  for (const [listener, { after, seen }] of joined.entries()) {
    const parity = listener % 3 === 0 ? 1 : 0;
    const wanted = Array.from({ length: last - after }, (_, index) => after + index + 1);
    const mine = wanted.filter((version) => version % 2 === parity);
    // What was on its way when it became live may come too.
    await eventually(() => expect(seen.filter((version) => version > after)).toEqual(mine));
    expect(new Set(seen).size).toBe(seen.length);
  }
});

it('is live again after the server was killed, and says that something may be missing', async () => {
  const told: (number | 'gap')[] = [];
  const { live, stop } = feed.listen(0, taskA, {
    onEvent: ({ version }) => void told.push(version),
    onGap: () => void told.push('gap'),
  });
  await live;
  await nats.kill();
  await eventually(() => bus.status() === 'disconnected');
  await nats.start();
  await eventually(() => expect(told).toEqual(['gap', 'gap']));
  const previous = await eventually(() => bus.lastPublished(0));
  const bytes = encodeEventBatch([recorded(2)]);
  await bus.publish([{ position: 2n, bytes }], { partition: 0, previous });
  await eventually(() => expect(told).toEqual(['gap', 'gap', 2]));
  stop();
});
