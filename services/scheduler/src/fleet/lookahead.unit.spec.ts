import { describe, expect, it } from 'vitest';
import { nodeId } from '../placement/placement-fixtures.ts';
import { taskId } from '../queue/queue-fixtures.ts';
import { memoryScheduler } from '../testing/memory-scheduler.ts';
import { assigned, finish } from '../testing/node-messages.ts';
import type { ReportBody } from './messages.ts';

describe('lookahead', () => {
  const ids = Array.from({ length: 20 }, (_, index) => taskId(index + 1));

  async function busyNode(most: number) {
    const parts = memoryScheduler();
    const node = await parts.connect(nodeId(1), { slots: 1, lookahead: most });
    for (const id of ids) parts.issue(id);
    const { world } = parts;
    await world.pass(0);
    /** Ends what it was given first after so many ms; answers what it is given then. */
    const given = assigned(node.take());
    const end = async (ms: number, body: ReportBody = finish) => {
      const [first] = given.splice(0, 1);
      if (first === undefined) throw new Error('nothing to end');
      await world.pass(ms);
      void node.report({ taskId: first[0], attempt: first[1] }, body);
      await world.pass(0);
      given.push(...assigned(node.take()));
      return given.length;
    };
    return { ...parts, end };
  }

  it('gives a node more than its slots while its tasks end quickly, up to what it takes', async () => {
    const { end } = await busyNode(3);
    const held = [];
    for (let task = 0; task < 6; task++) held.push(await end(5));
    expect(held).toEqual([2, 3, 4, 4, 4, 4]);
  });

  it('gives no more than the slots to a node that does not look ahead', async () => {
    const { end } = await busyNode(0);
    expect([await end(5), await end(5)]).toEqual([1, 1]);
  });

  it('takes it back when tasks are slow, and all of it when one is returned', async () => {
    const { end } = await busyNode(8);
    for (let task = 0; task < 8; task++) await end(1);
    // Nothing new until the node holds no more than it may.
    expect([await end(200), await end(0)]).toEqual([8, 7]);
    expect(await end(0, { kind: 'returned' })).toBe(6);
  });

  it('leaves a returned task waiting for its next node, and the node in service', async () => {
    const { end, board, fleet } = await busyNode(8);
    await end(1);
    await end(1, { kind: 'returned' });
    expect(fleet.get(nodeId(1))?.drains).toBe('no');
    expect(board.get(taskId(2))?.state).toMatchObject({ attempt: expect.any(Number) });
  });

  it('begins anew after a pause', async () => {
    const { end, issue, world, fleet } = await busyNode(8);
    for (let task = 0; task < 20; task++) await end(1);
    await world.pass(2_000);
    for (const id of [31, 32, 33]) issue(taskId(id));
    await world.pass(0);
    expect(fleet.get(nodeId(1))?.busy).toBe(1);
  });
});
