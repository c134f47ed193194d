import type { BreakReason, LiveEvents } from '@greencloud/bus';
import { parseTaskId, type TaskId } from '@greencloud/domain';
import { expect, it } from 'vitest';
import { encodeEventBatch } from '../codec/event-batch.ts';
import type { RecordedEvent } from '../recorded-event.ts';
import { storyTenant } from '../testing/task-story.ts';
import { createTaskFeed, type TaskFeed } from './task-feed.ts';

type Watching = Parameters<LiveEvents['watch']>[1] & { readonly partition: number };

const [taskA, taskB] = [parseTaskId('a'.repeat(24)), parseTaskId('b'.repeat(24))];

function recorded(taskId: TaskId, version: number, position = version): RecordedEvent {
  return {
    partition: 0,
    position: BigInt(position),
    taskId,
    version,
    eventId: '',
    commandId: '',
    tenantId: storyTenant,
    recordedAt: 0,
    event: { type: 'TaskProgressed', attempt: 1, percent: 0 },
  };
}

/** A bus on which the test is the server. */
function setUp() {
  const watchings: Watching[] = [];
  const feed = createTaskFeed({
    async watch(partition, handlers) {
      watchings.push({ partition, ...handlers });
    },
  });
  const say = (reason: BreakReason) => {
    for (const watching of watchings) watching.onBreak(reason);
  };
  const deliver = (...events: RecordedEvent[]) => {
    for (const watching of watchings) watching.onMessage(encodeEventBatch(events));
  };
  const isOpen = () => watchings.map(({ signal }) => !signal.aborted);
  return { feed, watchings, say, deliver, isOpen };
}

function listening(feed: TaskFeed, partition: number, taskId: TaskId) {
  const told: (number | 'gap')[] = [];
  const state = { live: 'not yet' };
  const { live, stop } = feed.listen(partition, taskId, {
    onEvent: ({ version }) => void told.push(version),
    onGap: () => void told.push('gap'),
  });
  void live.then(() => (state.live = 'live'));
  return { told, state, stop };
}

const turn = () => new Promise(setImmediate);

it('brings each listener the events of its task', () => {
  const { feed, deliver } = setUp();
  const [a, again, b] = [taskA, taskA, taskB].map((task) => listening(feed, 0, task));
  deliver(recorded(taskA, 1), recorded(taskB, 1, 2), recorded(taskA, 2, 3));
  deliver(recorded(parseTaskId('c'.repeat(24)), 1, 4));
  expect([a?.told, again?.told, b?.told]).toEqual([[1, 2], [1, 2], [1]]);
});

it('has one subscription for a partition, from the first listener to the last', () => {
  const { feed, watchings, isOpen } = setUp();
  const [first, second] = [listening(feed, 0, taskA), listening(feed, 0, taskB)];
  listening(feed, 1, taskA);
  expect(watchings.map(({ partition }) => partition)).toEqual([0, 1]);
  first.stop();
  expect(isOpen()).toEqual([true, true]);
  second.stop();
  second.stop();
  expect(isOpen()).toEqual([false, true]);
  listening(feed, 0, taskA);
  expect(isOpen()).toEqual([false, true, true]);
});

it('is live when the server has the subscription, for whoever comes before and after', async () => {
  const { feed, say } = setUp();
  const early = [listening(feed, 0, taskA), listening(feed, 0, taskB)];
  await turn();
  expect(early.map(({ state }) => state.live)).toEqual(['not yet', 'not yet']);
  say('subscribed');
  await turn();
  const late = listening(feed, 0, taskA);
  await turn();
  expect([...early, late].map(({ state }) => state.live)).toEqual(['live', 'live', 'live']);
});

it('tells everybody of a cut when it is over, and lets nobody join meanwhile', async () => {
  const { feed, say } = setUp();
  const before = listening(feed, 0, taskA);
  say('subscribed');
  say('disconnected');
  const meanwhile = listening(feed, 0, taskB);
  await turn();
  expect(meanwhile.state.live).toBe('not yet');
  say('subscribed');
  await turn();
  expect(meanwhile.state.live).toBe('live');
  expect([before.told, meanwhile.told]).toEqual([['gap', 'gap'], ['gap']]);
});

it('tells everybody of a message that cannot be read', () => {
  const { feed, watchings } = setUp();
  const all = [listening(feed, 0, taskA), listening(feed, 0, taskB)];
  watchings[0]?.onMessage(Buffer.from('no events'));
  expect(all.map(({ told }) => told)).toEqual([['gap'], ['gap']]);
});

it('brings nothing more to one who has stopped, though others listen to the same task', () => {
  const { feed, deliver } = setUp();
  const [stays, goes] = [listening(feed, 0, taskA), listening(feed, 0, taskA)];
  goes.stop();
  deliver(recorded(taskA, 1));
  expect([stays.told, goes.told]).toEqual([[1], []]);
});
