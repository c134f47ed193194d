import type { TaskEvent } from '@greencloud/domain';
import { createMemoryLog, storyNodes, taskStory } from '@greencloud/event-log/testing';
import { describe, expect, it } from 'vitest';
import { Board } from '../board/board.ts';
import { taskId } from '../queue/queue-fixtures.ts';
import type { ReadyTask } from '../queue/ready-task.ts';
import { createManualWorld } from '../testing/manual-world.ts';
import { QueueFeed } from './queue-feed.ts';

const [nodeA, nodeB] = storyNodes;
const task = taskId(1);

function testFeed() {
  const world = createManualWorld();
  const log = createMemoryLog({ partitions: 1, now: () => world.now() });
  const board = new Board();
  const queue = new Map<string, ReadyTask>();
  const feed = new QueueFeed({
    world,
    board,
    queue: {
      add: (ready) => void queue.set(ready.taskId, ready),
      remove: (id) => void queue.delete(id),
    },
  });
  const happen = (...events: TaskEvent[]) => board.apply(log.append(task, ...events));
  const [issued] = taskStory([]);
  if (issued !== undefined) happen(issued);
  return { world, feed, queue, happen };
}

const assigned = (attempt: number, nodeId = nodeA): TaskEvent => ({
  type: 'TaskAssigned',
  attempt,
  nodeId,
  sessionEpoch: 1n,
});
const released = (attempt: number, reason: 'refused' | 'drained' = 'drained'): TaskEvent => ({
  type: 'TaskReleased',
  attempt,
  reason,
});

describe('a claimed task', () => {
  it('is claimed once, and only while it waits', () => {
    const { feed, happen } = testFeed();
    expect(feed.claim(task)?.state.version).toBe(1);
    expect(feed.claim(task)).toBeUndefined();
    happen(assigned(1));
    feed.settle(task);
    expect(feed.claim(task)).toBeUndefined();
  });

  it('does not come back while the event that took it is on its way', () => {
    const { feed, queue } = testFeed();
    feed.claim(task);
    queue.clear();
    feed.settle(task);
    expect(queue.size).toBe(0);
  });

  it('comes back when it was taken and released by others in the meantime', () => {
    const { feed, queue, happen } = testFeed();
    feed.claim(task);
    queue.clear();
    happen(assigned(1, nodeB), released(1));
    expect(queue.size).toBe(0);
    feed.settle(task);
    expect(queue.get(task)?.priority).toBe('retry');
  });

  it('comes back by the event when that is later than the answer', () => {
    const { feed, queue, happen } = testFeed();
    feed.claim(task);
    queue.clear();
    feed.settle(task);
    happen(assigned(1, nodeB), released(1));
    expect(queue.size).toBe(1);
  });

  it('comes back at once when nothing has happened to it', () => {
    const { feed, queue } = testFeed();
    feed.claim(task);
    queue.clear();
    feed.giveBack(task);
    expect(queue.size).toBe(1);
  });
});

describe('a refused task', () => {
  it('is kept from the node that refused it, for half a minute', async () => {
    const { world, queue, happen } = testFeed();
    happen(assigned(1), released(1, 'refused'));
    expect(queue.get(task)?.bans).toEqual([nodeA]);
    await world.pass(29_000);
    expect(queue.get(task)?.bans).toEqual([nodeA]);
    await world.pass(2_000);
    expect(queue.get(task)?.bans).toEqual([]);
  });
});

describe('a task that ends', () => {
  it('leaves the queue', () => {
    const { queue, happen } = testFeed();
    const end = { type: 'TaskFinished', attempt: 0, outcome: 'cancelled' } as const;
    happen({ ...end, status: 499, detail: '', result: null });
    expect(queue.size).toBe(0);
  });
});
