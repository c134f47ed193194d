import { describe, expect, it } from 'vitest';
import { nodeId } from '../placement/placement-fixtures.ts';
import { taskId } from '../queue/queue-fixtures.ts';
import { memoryScheduler } from '../testing/memory-scheduler.ts';
import { assigned } from '../testing/node-messages.ts';

const task = taskId(1);

describe('a stream that breaks', () => {
  it('while a binding is in flight brings the task to the next session', async () => {
    const { connect, issue, world, commands, sessions } = memoryScheduler();
    const node = await connect(nodeId(1));
    commands.fates.push('lost');
    issue(task);
    await world.pass(0);
    sessions.broke(node.session, 'test');
    const back = await connect(nodeId(1));
    await world.pass(5_000);
    expect(assigned(back.take())).toEqual([[task, 1]]);
  });

  it('and does not come back releases what it had, also what binds late', async () => {
    const { connect, issue, world, commands, sessions, fleet } = memoryScheduler();
    const node = await connect(nodeId(1));
    commands.fates.push('lost', 'refused');
    issue(task);
    await world.pass(0);
    sessions.broke(node.session, 'test');
    await sessions.lose(node.session.node);
    expect(fleet.size).toBe(0);
    await world.pass(5_000);
    expect(commands.history(task).map(({ type }) => type)).toEqual([
      'TaskIssued',
      'TaskAssigned',
      'TaskReleased',
    ]);
  });

  it('and mends while the loss is on its way to the log begins nothing that is lost', async () => {
    const { connect, issue, world, commands, sessions } = memoryScheduler();
    const node = await connect(nodeId(1));
    issue(task);
    await world.pass(0);
    sessions.broke(node.session, 'test');
    commands.fates.push('refused', 'refused');
    await sessions.lose(node.session.node);
    const back = await connect(nodeId(1));
    await world.pass(0);
    expect(assigned(back.take())).toEqual([]);
    await world.pass(5_000);
    expect(assigned(back.take())).toEqual([[task, 2]]);
    expect(commands.history(task).map(({ type }) => type)).toEqual([
      'TaskIssued',
      'TaskAssigned',
      'TaskReleased',
      'TaskAssigned',
    ]);
  });
});
