import {
  createMemoryLog,
  createUnrulyBus,
  type MemoryLog,
  taskStory,
} from '@greencloud/event-log/testing';
import { createMetrics } from '@greencloud/runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyBatch } from '../apply/apply-batch.ts';
import { createViewsWriter, type PartitionBatch } from '../apply/views-writer.ts';
import { takeAll } from '../testing/follower.ts';
import { taskNumber } from '../testing/stories.ts';
import { silent, type TestViews, withViews } from '../testing/test-views.ts';
import { foldBatch, type FoldedBatch } from '../view/fold-batch.ts';
import { HeldRows } from './held-rows.ts';
import { runPartitionWorker } from './partition-worker.ts';
import { createProjectionMetrics } from './projection-metrics.ts';

let views: TestViews;
beforeEach(async () => {
  views = await withViews(1);
});
afterEach(async () => {
  await views.close();
});

const task = {
  partition: 0,
  instance: 'a',
  epoch: 1n,
  partitions: 1,
  isHeld: () => 'yes' as const,
};

const unreadable = { type: 'Unreadable', reason: 'newer_schema', detail: 'v9' } as const;

function portsOf(log: MemoryLog) {
  return {
    db: views.db,
    reader: log,
    bus: createUnrulyBus(),
    held: new HeldRows(),
    metrics: createProjectionMetrics(createMetrics('test')),
    logger: silent,
  };
}

it('answers nothing from a worker whose lease was lost, also when the next lease is held', async () => {
  const log = createMemoryLog({ partitions: 1 });
  const taskId = taskNumber(0);
  log.append(taskId, ...taskStory([0]));
  const held = new HeldRows();
  // A statement that the database answers long after others have gone on.
  const answer = Promise.withResolvers<FoldedBatch>();
  const writing = Promise.withResolvers<FoldedBatch>();
  const apply = ({ events, parked, memory }: PartitionBatch) => {
    const folded = foldBatch(new Map(), events, parked);
    memory.writing(folded);
    writing.resolve(folded);
    return answer.promise;
  };
  const lost = new AbortController();
  const working = runPartitionWorker(
    { ...portsOf(log), views: { apply }, held },
    task,
    lost.signal,
  );
  const folded = await writing.promise;
  expect(held.newest(taskId)?.version).toBe(2);
  lost.abort();
  expect(held.newest(taskId)).toBeUndefined();
  answer.resolve(folded);
  await working;
});

it('shows how many tasks are parked: those of before and new ones, until it stops', async () => {
  const log = createMemoryLog({ partitions: 1 });
  const target = (await takeAll(views.db, 1))(0);
  await applyBatch(target, log.append(taskNumber(0), ...taskStory([0]), unreadable));
  const meters = createMetrics('test');
  const metrics = createProjectionMetrics(meters);
  const parked = async () => /parked_tasks\S* (\d+)/.exec(await meters.scrape())?.[1];
  expect(await parked()).toBe('0');
  const lost = new AbortController();
  const { signal } = lost;
  const written = { schema: target.schema, logger: silent, onWritten: () => undefined, signal };
  const writer = createViewsWriter({ db: views.db, ...written });
  const ports = { ...portsOf(log), metrics, views: writer };
  const working = runPartitionWorker(ports, { ...task, ...target.writer }, signal);
  await expect.poll(parked).toBe('1');
  log.append(taskNumber(1), ...taskStory([0]), unreadable);
  await expect.poll(parked).toBe('2');
  lost.abort();
  await working;
  expect(await parked()).toBe('0');
});
