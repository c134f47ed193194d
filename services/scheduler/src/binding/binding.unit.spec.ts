import { describe, expect, it } from 'vitest';
import { nodeId } from '../placement/placement-fixtures.ts';
import { taskId } from '../queue/queue-fixtures.ts';
import { memoryScheduler } from '../testing/memory-scheduler.ts';
import { assigned } from '../testing/node-messages.ts';

const task = taskId(1);

describe('binding', () => {
  it('tells the node in the moment of the answer', async () => {
    const { connect, issue, world } = memoryScheduler();
    const node = await connect(nodeId(1));
    issue(task);
    await world.pass(0);
    expect(assigned(node.take())).toEqual([[task, 1]]);
  });

  it('asks again with the same command when the answer was lost, and binds once', async () => {
    const { connect, issue, world, commands } = memoryScheduler();
    const node = await connect(nodeId(1));
    commands.fates.push('lost', 'refused', 'lost');
    issue(task);
    await world.pass(10_000);
    expect(assigned(node.take())).toEqual([[task, 1]]);
    expect(new Set(commands.calls.flat().map(({ commandId }) => commandId)).size).toBe(1);
    expect(commands.history(task).map(({ type }) => type)).toEqual(['TaskIssued', 'TaskAssigned']);
  });

  it('keeps the slot while the answer is unknown: nothing else takes it', async () => {
    const { connect, issue, world, commands } = memoryScheduler();
    await connect(nodeId(1));
    commands.fates.push(...Array(50).fill('refused'));
    issue(task);
    issue(taskId(2));
    await world.pass(1_000);
    expect(new Set(commands.calls.flat().map((command) => command.taskId))).toEqual(
      new Set([task]),
    );
  });

  it('frees the slot at a conflict and goes on with the next task', async () => {
    const { connect, issue, world, commands, board } = memoryScheduler();
    const node = await connect(nodeId(1));
    commands.onEvents = () => undefined;
    issue(task);
    issue(taskId(2));
    // The board does not know yet what another replica has done.
    const waiting = commands.log.events(0).concat(...[1, 2, 3].map((p) => commands.log.events(p)));
    await commands.assign([
      { commandId: 'other', taskId: task, expectedVersion: 1, nodeId: nodeId(9), sessionEpoch: 1n },
    ]);
    board.apply(waiting);
    await world.pass(0);
    expect(assigned(node.take())).toEqual([[taskId(2), 1]]);
  });

  it('does not tell a node of a task that was cancelled while it was bound', async () => {
    const { connect, issue, world, commands, fleet } = memoryScheduler();
    const node = await connect(nodeId(1));
    issue(task);
    const { onEvents } = commands;
    commands.onEvents = (events) => {
      onEvents(events);
      if (events[0]?.event.type !== 'TaskAssigned') return;
      const cancelled = { type: 'TaskFinished', attempt: 1, outcome: 'cancelled' } as const;
      onEvents(commands.log.append(task, { ...cancelled, status: 499, detail: '', result: null }));
    };
    await world.pass(0);
    expect(assigned(node.take())).toEqual([]);
    expect(fleet.get(nodeId(1))?.busy).toBe(0);
  });

  it('leaves a task to the node that brings it from another replica before the board knows', async () => {
    const { connect, issue, world, commands, board, fleet } = memoryScheduler();
    const node = await connect(nodeId(1), { slots: 2 });
    commands.onEvents = () => undefined;
    issue(task);
    const issued = [0, 1, 2, 3].flatMap((p) => [...commands.log.events(p)]);
    const bound = { commandId: 'other', taskId: task, expectedVersion: 1 };
    await commands.assign([{ ...bound, nodeId: nodeId(1), sessionEpoch: 1n }]);
    const { session } = await connect(nodeId(1), { slots: 2 }, [{ taskId: task, attempt: 1 }]);
    board.apply(issued);
    await world.pass(0);
    expect(commands.calls.flat().map(({ commandId }) => commandId)).toEqual(['other']);
    expect([session.node.busy, fleet.holderOf(task)?.held.attempt]).toEqual([1, 1]);
    expect(node.session.isPresent).toBe(false);
  });

  it('gives a slot back once for each attempt, also when one takes the place of another', async () => {
    const { connect, fleet } = memoryScheduler();
    const { session } = await connect(nodeId(1), { slots: 2 });
    const first = fleet.reserve(session.node, task, 0);
    const second = fleet.reserve(session.node, task, 0);
    fleet.drop(session.node, first);
    expect(session.node.busy).toBe(1);
    fleet.drop(session.node, second);
    expect(session.node.busy).toBe(0);
  });
});
