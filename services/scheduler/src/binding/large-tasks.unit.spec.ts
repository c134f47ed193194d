import { describe, expect, it } from 'vitest';
import { noDemand, nodeId } from '../placement/placement-fixtures.ts';
import { taskId } from '../queue/queue-fixtures.ts';
import {
  issueInMemory,
  memoryOutside,
  memoryReplica,
  memoryScheduler,
  openSession,
} from '../testing/memory-scheduler.ts';
import { assigned, finish } from '../testing/node-messages.ts';

const cancelled = {
  type: 'TaskFinished',
  attempt: 0,
  outcome: 'cancelled',
  status: 499,
  detail: '',
  result: null,
} as const;

describe('tasks of much memory', () => {
  const large = { capabilities: { ...noDemand, memSize: 2_048 } };
  const eight = { slots: 8, memSize: 6_144 };
  const ids = Array.from({ length: 8 }, (_, index) => taskId(index + 1));

  it('spread over the nodes as their memory allows, and the others wait for it', async () => {
    const { connect, issue, world, board } = memoryScheduler();
    const nodes = [await connect(nodeId(1), eight), await connect(nodeId(2), eight)];
    for (const id of ids) issue(id, large);
    await world.pass(0);
    const given = nodes.map((node) => assigned(node.take()));
    expect(given.map(({ length }) => length)).toEqual([3, 3]);
    const [first] = given[0] ?? [];
    if (first === undefined) throw new Error('nothing given');
    void nodes[0]?.report({ taskId: first[0], attempt: first[1] }, finish);
    await world.pass(0);
    expect(nodes.map((node) => assigned(node.take()).length)).toEqual([1, 0]);
    expect(board.waiting).toBe(1);
  });

  it('count as much when their node is back, at a replica that is new', async () => {
    const outside = memoryOutside();
    const { commands, world } = outside;
    const [first, second] = [memoryReplica(outside), memoryReplica(outside)];
    commands.onEvents = (events) => [first, second].forEach(({ board }) => board.apply(events));
    const node = await openSession(first, nodeId(1), eight);
    for (const id of ids) issueInMemory(commands, id, large);
    await world.pass(0);
    const running = assigned(node.take()).map(([id, attempt]) => ({ taskId: id, attempt }));
    first.sessions.broke(node.session, 'test');
    const back = await openSession(second, nodeId(1), eight, running);
    await world.pass(1_000);
    expect([running.length, back.session.node.busy]).toEqual([3, 8]);
    expect(assigned(back.take())).toEqual([]);
  });

  it('are counted anew when their node is back with less memory', async () => {
    const { connect, issue, world } = memoryScheduler();
    const node = await connect(nodeId(1), eight);
    for (const id of ids) issue(id, large);
    await world.pass(0);
    const running = assigned(node.take()).map(([id, attempt]) => ({ taskId: id, attempt }));
    const back = await connect(nodeId(1), { slots: 4, memSize: 2_048 }, running);
    expect(back.session.node.busy).toBe(12);
  });

  it('hold no node back once they are cancelled', async () => {
    const { connect, issue, world, commands, board } = memoryScheduler();
    const node = await connect(nodeId(1), { slots: 2, memSize: 2_048 });
    issue(taskId(1));
    await world.pass(0);
    issue(taskId(2), large);
    issue(taskId(3));
    await world.pass(0);
    expect(assigned(node.take())).toEqual([[taskId(1), 1]]);
    board.apply(commands.log.append(taskId(2), cancelled));
    await world.pass(0);
    expect(assigned(node.take())).toEqual([[taskId(3), 1]]);
  });
});
