import { createMemoryLog, createUnrulyBus, taskStory } from '@greencloud/event-log/testing';
import { createMetrics } from '@greencloud/runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PartitionBatch } from '../apply/views-writer.ts';
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
  const ports = {
    db: views.db,
    views: { apply },
    reader: log,
    bus: createUnrulyBus(),
    held,
    metrics: createProjectionMetrics(createMetrics('test')),
    logger: silent,
  };
  const lease = { partition: 0, instance: 'a', epoch: 1n, partitions: 1 };
  const lost = new AbortController();
  const task = { ...lease, isHeld: () => 'yes' as const };
  const working = runPartitionWorker(ports, task, lost.signal);
  const folded = await writing.promise;
  expect(held.newest(taskId)?.version).toBe(2);
  lost.abort();
  expect(held.newest(taskId)).toBeUndefined();
  answer.resolve(folded);
  await working;
});
