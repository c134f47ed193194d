import { eventually } from '@greencloud/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestNode } from './testing/test-node.ts';
import { tenantId, type TestScheduler, TestStack } from './testing/test-stack.ts';

let stack: TestStack;
let scheduler: TestScheduler;

beforeAll(async () => {
  stack = await TestStack.start();
});
beforeEach(async () => {
  scheduler = await stack.scheduler();
});
afterEach(async () => {
  await stack.endNodes();
  await stack.endSchedulers();
});
afterAll(() => stack[Symbol.asyncDispose]());

const attemptOf = ({ taskId, attempt }: { taskId: string; attempt: number }) => ({
  taskId,
  attempt,
});

describe('a broken stream', () => {
  it('leaves the attempt with a node that comes back in time', async () => {
    const node = await stack.node(scheduler);
    const assignment = await node.assignment(await stack.issue());
    const other = await stack.node(scheduler);
    node.break();
    const back = await stack.connect({ ...node.options, running: [attemptOf(assignment)] });
    await back.acked(await back.finish(assignment));
    expect(await stack.types(assignment.taskId)).not.toContain('TaskReleased');
    expect([...other.assignments, ...back.fenced]).toEqual([]);
  });

  it('loses no finish that was not acknowledged: it is heard again and counts once', async () => {
    const node = await stack.node(scheduler);
    const assignment = await node.assignment(await stack.issue());
    await node.finish(assignment);
    node.break();
    const back = await stack.connect({ ...node.options, running: [attemptOf(assignment)] });
    await back.acked(await back.finish(assignment));
    const types = await stack.types(assignment.taskId);
    expect(types.filter((type) => type === 'TaskFinished')).toHaveLength(1);
  });

  it('brings an assignment again that was lost with it', async () => {
    const node = await stack.node(scheduler, { habit: 'nothing' });
    const taskId = await stack.issue({
      payload: { contentType: 'text/plain', body: Buffer.from('again') },
    });
    await node.assignment(taskId);
    node.break();
    const back = await stack.connect({ ...node.options, habit: 'runs' });
    const again = await back.assignment(taskId);
    expect(again.attempt).toBe(1);
    expect(again.payload?.body.toString()).toBe('again');
  });

  it('gives up at once what a restarted node has forgotten', async () => {
    const node = await stack.node(scheduler);
    const assignment = await node.assignment(await stack.issue());
    await stack.reaches(assignment.taskId, 'running');
    node.break();
    const restarted = await stack.connect(node.options);
    expect((await restarted.assignment(assignment.taskId)).attempt).toBe(2);
  });

  it('fences an attempt that the node has no right to', async () => {
    const node = await stack.node(scheduler);
    const assignment = await node.assignment(await stack.issue());
    await node.acked(await node.finish(assignment));
    const back = await stack.connect({
      ...node.options,
      running: [attemptOf(assignment), { taskId: 'f'.repeat(24), attempt: 1 }],
    });
    // The board may hear of the finish after the node is back: it is then told that the task is over.
    await eventually(() => expect([...back.fenced, ...back.cancelled]).toHaveLength(2));
  });
});

describe('a silent node', () => {
  it('is lost: its task goes to another node, and its own finish is fenced', async () => {
    const zombie = await stack.node(scheduler, { heartbeats: 'none' });
    const assignment = await zombie.assignment(await stack.issue());
    const other = await stack.node(scheduler);
    const second = await other.assignment(assignment.taskId);
    expect(second.attempt).toBe(2);
    await eventually(() => expect(zombie.end).toMatchObject({ code: 'UNAVAILABLE' }));

    const back = await stack.connect({
      ...zombie.options,
      heartbeats: 'sent',
      running: [attemptOf(assignment)],
    });
    await back.acked(await back.finish(assignment, 'zombie'));
    await eventually(() => expect(back.fenced).toContainEqual(attemptOf(assignment)));
    await other.acked(await other.finish(second, 'living'));
    expect(await stack.resultOf(assignment.taskId)).toBe('living');
  });

  it('keeps its work as long as it beats: the control', async () => {
    const node = await stack.node(scheduler);
    const assignment = await node.assignment(await stack.issue());
    await eventually(() => node.beats > 20, { timeoutMs: 20_000 });
    expect(await stack.types(assignment.taskId)).not.toContain('TaskReleased');
  });

  it('ends a task as lost that has cost five nodes', async () => {
    const taskId = await stack.issue();
    for (let loss = 0; loss < 5; loss++) {
      const node = await stack.node(scheduler);
      await node.assignment(taskId);
      await stack.reaches(taskId, 'running');
      node.break();
      await stack.connect({ ...node.options, capabilities: { slots: 0 } });
      await eventually(async () => expect(await losses(taskId)).toBe(loss + 1));
    }
    expect(await stack.reaches(taskId, 'finished')).toMatchObject({ outcome: 'lost' });
  });

  async function losses(taskId: string): Promise<number> {
    const events = await stack.history(taskId);
    return events.filter((event) => event.type === 'TaskReleased' || event.type === 'TaskFinished')
      .length;
  }
});

describe('a scheduler that is killed', () => {
  it('finds its nodes again and interrupts nothing', async () => {
    const node = await stack.node(scheduler);
    const assignment = await node.assignment(await stack.issue());
    await stack.reaches(assignment.taskId, 'running');
    await scheduler.process.kill('SIGKILL');
    const next = await stack.scheduler();
    const back = await stack.connect({
      ...node.options,
      address: next.address,
      running: [attemptOf(assignment)],
    });
    await back.acked(await back.finish(assignment));
    expect(await stack.types(assignment.taskId)).toEqual([
      'TaskIssued',
      'TaskAssigned',
      'TaskProgressed',
      'TaskFinished',
    ]);
    expect(back.epoch).toBeGreaterThan(node.epoch);
  });

  it('hands over what it had bound and never told', async () => {
    const node = await stack.node(scheduler, { habit: 'nothing' });
    const taskId = await stack.issue({
      payload: { contentType: 'text/plain', body: Buffer.from('kept in the log') },
    });
    await node.assignment(taskId);
    await scheduler.process.kill('SIGKILL');
    const next = await stack.scheduler();
    const back = await stack.connect({
      ...node.options,
      address: next.address,
      habit: 'finishes',
    });
    const again = await back.assignment(taskId);
    expect(again.payload?.body.toString()).toBe('kept in the log');
    await stack.reaches(taskId, 'finished');
    expect(await stack.types(taskId)).not.toContain('TaskReleased');
  });

  it('leaves tasks of nodes that never come back to the next one, after a grace', async () => {
    const node = await stack.node(scheduler);
    const assignment = await node.assignment(await stack.issue());
    await stack.reaches(assignment.taskId, 'running');
    await scheduler.process.kill('SIGKILL');
    node.break();
    const next = await stack.scheduler();
    const other = await stack.node(next);
    const second = await other.assignment(assignment.taskId, 20_000);
    expect(second.attempt).toBe(2);
  });

  it('does not lose the tasks that wait', async () => {
    const taskIds = await stack.issueMany(30);
    await scheduler.process.kill('SIGKILL');
    const next = await stack.scheduler();
    await stack.node(next, { habit: 'finishes', capabilities: { slots: 5 } });
    await Promise.all(taskIds.map((taskId) => stack.reaches(taskId, 'finished')));
  });
});

describe('two replicas', () => {
  it('bind each task once, whoever is first', async () => {
    const second = await stack.scheduler('scheduler-1');
    const nodes = await Promise.all(
      [scheduler, second, scheduler, second].map((replica) =>
        stack.node(replica, { habit: 'finishes', capabilities: { slots: 10 } }),
      ),
    );
    const taskIds = await stack.issueMany(300);
    await Promise.all(taskIds.map((taskId) => stack.reaches(taskId, 'finished')));
    const given = nodes.flatMap(({ assignments }) => assignments.map(({ taskId }) => taskId));
    expect(given.toSorted()).toEqual(taskIds.toSorted());
    expect(nodes.filter(({ assignments }) => assignments.length > 0).length).toBeGreaterThan(1);
  });

  it('do not take from each other what a node, gone from one to the other, never accepted', async () => {
    // It hears of the other's session by asking, not by its beat.
    const late = await stack.scheduler('late', {
      GC_HEARTBEAT_MS: '30000',
      GC_FENCE_AFTER_MS: '60000',
      GC_LOST_AFTER_MS: '90000',
      GC_ACCEPT_WITHIN_MS: '3000',
    });
    const node = await stack.node(late, { habit: 'nothing' });
    const taskId = await stack.issue();
    await node.assignment(taskId);
    const moved = await stack.connect({
      ...node.options,
      address: scheduler.address,
      habit: 'runs',
    });
    expect((await moved.assignment(taskId)).attempt).toBe(1);
    await eventually(() => expect(node.end).toMatchObject({ code: 'CONFLICT' }));
    expect(await stack.types(taskId)).not.toContain('TaskReleased');
    expect(moved.fenced).toEqual([]);
  });

  it('keep the attempt of a node that goes from one to the other', async () => {
    const second = await stack.scheduler('scheduler-1');
    const node = await stack.node(scheduler);
    const assignment = await node.assignment(await stack.issue());
    await stack.reaches(assignment.taskId, 'running');
    node.break();
    const moved = await stack.connect({
      ...node.options,
      address: second.address,
      running: [attemptOf(assignment)],
    });
    // Past the time at which the first replica would call the node lost.
    await eventually(() => moved.beats > 20, { timeoutMs: 20_000 });
    expect(await stack.types(assignment.taskId)).not.toContain('TaskReleased');
    await moved.acked(await moved.finish(assignment));
    await stack.reaches(assignment.taskId, 'finished');
  });

  it('both feel it when a node is disabled at one of them', async () => {
    const second = await stack.scheduler('scheduler-1');
    const node: TestNode = await stack.node(second);
    const taskId = await stack.issue();
    await node.assignment(taskId);
    const key = { tenantId, nodeId: node.options.nodeId };
    await scheduler.admin.unary('disableNode', { key });
    await eventually(() => expect(node.end).toMatchObject({ code: 'FORBIDDEN' }));
    expect(node.fenced).toEqual([{ taskId, attempt: 1 }]);
    await stack.reaches(taskId, 'issued');
  });
});

describe('without its log', () => {
  it('keeps the sessions, and the reports until they are durable', async () => {
    const node = await stack.node(scheduler);
    const assignment = await node.assignment(await stack.issue());
    await stack.reaches(assignment.taskId, 'running');
    await stack.killLog();
    const sequence = await node.finish(assignment);
    await eventually(() => node.beats > 5);
    expect(node.ackedUpTo).toBeLessThan(sequence);
    await stack.startLog();
    await node.acked(sequence);
    await stack.reaches(assignment.taskId, 'finished');
  });
});

describe('without NATS', () => {
  it('still brings tasks and slots together', async () => {
    const node = await stack.node(scheduler, { habit: 'finishes' });
    await stack.nats.kill();
    await stack.reaches(await stack.issue(), 'finished');
    await stack.nats.start();
    expect(node.assignments).toHaveLength(1);
  });

  it('starts, too', async () => {
    await stack.nats.kill();
    const second = await stack.scheduler('scheduler-1');
    await stack.node(second, { habit: 'finishes' });
    await stack.reaches(await stack.issue(), 'finished');
    await stack.nats.start();
  });
});
