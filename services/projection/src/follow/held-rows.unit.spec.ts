import { partitionOf } from '@greencloud/domain';
import { describe, expect, it } from 'vitest';
import { RowMemory } from '../apply/row-memory.ts';
import { logOf } from '../testing/stories.ts';
import { foldBatch } from '../view/fold-batch.ts';
import { type HeldPartition, HeldRows } from './held-rows.ts';

const partitions = 4;
const log = logOf([[0, 4, 2], [1], [0, 4], [2, 2]], partitions);
const events = Array.from({ length: partitions }, (_, partition) => log.events(partition)).flat();

function remembered(partition: number): RowMemory {
  const memory = new RowMemory();
  memory.written(foldBatch(new Map(), log.events(partition), new Set()));
  return memory;
}

describe('the rows of held partitions', () => {
  it('are known for as long as the lease is held', () => {
    const rows = new HeldRows();
    let lease: 'yes' | 'no' = 'yes';
    for (let partition = 0; partition < partitions; partition += 1) {
      rows.add(partition, partitions, { memory: remembered(partition), isHeld: () => lease });
    }
    const versions = () => events.map(({ taskId }) => rows.newest(taskId)?.version);
    expect(versions()).not.toContain(undefined);
    lease = 'no';
    expect(versions()).not.toContainEqual(expect.anything());
  });

  it('are not known of partitions that others hold', () => {
    const rows = new HeldRows();
    const [event] = events;
    if (event === undefined) throw new Error('a log without events');
    const { taskId, partition } = event;
    expect(partitionOf(taskId, partitions)).toBe(partition);
    expect(rows.newest(taskId)).toBeUndefined();
    const held: HeldPartition = { memory: remembered(partition), isHeld: () => 'yes' };
    rows.add(partition, partitions, held);
    expect(rows.newest(taskId)?.taskId).toBe(taskId);
    rows.remove(partition, { memory: remembered(partition) });
    expect(rows.newest(taskId)?.taskId).toBe(taskId);
    rows.remove(partition, held);
    expect(rows.newest(taskId)).toBeUndefined();
  });
});
