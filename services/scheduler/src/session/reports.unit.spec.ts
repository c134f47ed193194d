import { describe, expect, it } from 'vitest';
import type { ToNode } from '../fleet/messages.ts';
import { nodeId } from '../placement/placement-fixtures.ts';
import { taskId } from '../queue/queue-fixtures.ts';
import { memoryScheduler, type TestSession } from '../testing/memory-scheduler.ts';
import { assigned, finish, told } from '../testing/node-messages.ts';

const task = taskId(1);

describe('reports', () => {
  it('are acknowledged in order, and only when they are in the log', async () => {
    const { connect, issue, world, commands } = memoryScheduler();
    const node = await connect(nodeId(1));
    issue(task);
    await world.pass(0);
    node.take();
    commands.fates.push('refused', 'lost');
    const attempt = { taskId: task, attempt: 1 };
    void node.report(attempt, { kind: 'accepted' }, { kind: 'progress', percent: 0 }, finish);
    await world.pass(0);
    expect(told(node.take(), 'report-acks').map(({ upTo }) => upTo)).toEqual([1n]);
    await world.pass(5_000);
    expect(told(node.take(), 'report-acks').map(({ upTo }) => upTo)).toEqual([3n]);
    expect(commands.history(task).map(({ type }) => type)).toEqual([
      'TaskIssued',
      'TaskAssigned',
      'TaskProgressed',
      'TaskFinished',
    ]);
  });

  it('free the slot when a finish is heard, before it is in the log', async () => {
    const { connect, issue, world, commands } = memoryScheduler();
    const node = await connect(nodeId(1));
    issue(task);
    await world.pass(0);
    issue(taskId(2));
    void node.report({ taskId: task, attempt: 1 }, { kind: 'accepted' }, finish);
    commands.fates.push('refused');
    await world.pass(0);
    expect(assigned(node.take())).toContainEqual([taskId(2), 1]);
  });
});

describe('a node that names attempts which nobody gave it', () => {
  const strangers = Array.from({ length: 11_000 }, (_, number) => taskId(1_000 + number));

  async function nameAll(node: TestSession, meanwhile: () => void): Promise<void> {
    for (const stranger of strangers) {
      await node.report({ taskId: stranger, attempt: 1 }, { kind: 'accepted' });
      meanwhile();
    }
  }

  it('loses its session when it does not read the answers', async () => {
    const { connect } = memoryScheduler();
    const node = await connect(nodeId(1));
    await expect(nameAll(node, () => undefined)).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(node.session.node.outbox.state).toBe('ended');
    expect(node.session.node.outbox.stops).toBeLessThan(strangers.length);
  });

  it('is told to stop each, while it reads: the control', async () => {
    const { connect } = memoryScheduler();
    const node = await connect(nodeId(1));
    const heard: ToNode[] = [];
    await nameAll(node, () => heard.push(...node.take()));
    const fenced = told(heard, 'fencings').flatMap(({ attempts }) => attempts);
    expect(fenced.map((attempt) => attempt.taskId)).toEqual(strangers);
  });
});
