import { EnergySource } from '@greencloud/proto/node/v1/node';
import { ReleaseReason, TaskOutcome } from '@greencloud/proto/task/v1/task';
import { eventually } from '@greencloud/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestNode } from './testing/test-node.ts';
import { otherTenantId, tenantId, type TestScheduler, TestStack } from './testing/test-stack.ts';

const greenest = { source: EnergySource.ENERGY_SOURCE_RENEWABLE, carbonIntensity: 0 };

let stack: TestStack;
let scheduler: TestScheduler;

beforeAll(async () => {
  stack = await TestStack.start();
  scheduler = await stack.scheduler();
});
afterEach(() => stack.endNodes());
afterAll(() => stack[Symbol.asyncDispose]());

describe('a task', () => {
  it('goes to a node, runs and finishes', async () => {
    const node = await stack.node(scheduler);
    const taskId = await stack.issue({
      payload: { contentType: 'text/plain', body: Buffer.from('six times nine') },
    });
    const assignment = await node.assignment(taskId);
    expect(assignment.payload?.body.toString()).toBe('six times nine');
    await node.acked(await node.finish(assignment, 'forty-two'));
    expect(await stack.types(taskId)).toEqual([
      'TaskIssued',
      'TaskAssigned',
      'TaskProgressed',
      'TaskFinished',
    ]);
    expect((await stack.history(taskId))[1]).toMatchObject({ nodeId: node.options.nodeId });
    expect(await stack.resultOf(taskId)).toBe('forty-two');
  });

  it('meets a free slot at once, with no timer on the way', async () => {
    const node = await stack.node(scheduler, { habit: 'finishes' });
    const waits: number[] = [];
    for (let i = 0; i < 20; i++) {
      const issuedAt = performance.now();
      await node.assignment(await stack.issue());
      waits.push(performance.now() - issuedAt);
    }
    // The shortest timer on a fall-back way is the follower's look at the log's head, 1 s.
    expect(waits.toSorted((a, b) => a - b)[10]).toBeLessThan(500);
  });

  it('waits for a slot, and takes the one that the task before it frees', async () => {
    const node = await stack.node(scheduler);
    const taskIds = await stack.issueMany(2);
    const running = await node.assignment();
    await node.finish(running);
    await eventually(() => node.assignments.length === 2);
    expect(new Set(node.assignments.map(({ taskId }) => taskId))).toEqual(new Set(taskIds));
  });

  it('goes to the greener of two free nodes', async () => {
    const energy = { source: EnergySource.ENERGY_SOURCE_GRID, carbonIntensity: 12 };
    await stack.node(scheduler);
    const green = await stack.node(scheduler, { capabilities: { energy } });
    expect((await green.assignment(await stack.issue())).attempt).toBe(1);
  });

  it('is given back by a node that refuses it, and not to that node again', async () => {
    const nodes = await Promise.all([1, 2].map(() => stack.node(scheduler, { habit: 'nothing' })));
    const taskId = await stack.issue();
    const refusing = await eventually(() => nodes.find(hasWork) ?? false);
    await refusing.release(await refusing.assignment(taskId), ReleaseReason.RELEASE_REASON_REFUSED);
    const other = await eventually(
      () => nodes.find((node) => node !== refusing && hasWork(node)) ?? false,
    );
    expect((await other.assignment(taskId)).attempt).toBe(2);
    expect(refusing.assignments).toHaveLength(1);
  });

  it('that no node fits does not hold up those behind it', async () => {
    const node = await stack.node(scheduler);
    const privileged = { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: true };
    const stuck = await stack.issue({ capabilities: privileged });
    const free = await stack.issue();
    expect((await node.assignment()).taskId).toBe(free);
    await eventually(async () => {
      const key = { tenantId, taskId: stuck };
      const { reasons } = await scheduler.admin.unary('explainWaiting', key);
      expect(reasons).toEqual([{ nodes: 1, reason: 'not privileged' }]);
    });
    await stack.cancel(stuck);
  });

  it('says why it waits to its owner only', async () => {
    const node = await stack.node(scheduler);
    await node.assignment(await stack.issue());
    const taskId = await stack.issue();
    await eventually(async () => {
      const { reasons } = await scheduler.admin.unary('explainWaiting', { tenantId, taskId });
      expect(reasons).toEqual([{ nodes: 1, reason: 'busy' }]);
    });
    const foreign = { tenantId: otherTenantId, taskId };
    await expect(scheduler.admin.unary('explainWaiting', foreign)).rejects.toMatchObject({
      code: 'TASK_NOT_FOUND',
    });
  });

  it('comes to a node together with all others of its moment', async () => {
    const node = await stack.node(scheduler, { capabilities: { slots: 200 } });
    await stack.issueMany(200);
    await eventually(() => node.assignments.length === 200);
    expect(node.messages.length).toBeLessThan(100);
  });
});

describe('a cancel', () => {
  it('reaches the node that runs the task within a second', async () => {
    const node = await stack.node(scheduler);
    const taskId = await stack.issue();
    await node.assignment(taskId);
    await stack.reaches(taskId, 'running');
    const cancelledAt = Date.now();
    await stack.cancel(taskId);
    const [cancelled] = await eventually(() => node.cancelled.length > 0 && node.cancelled);
    expect(cancelled).toMatchObject({ taskId, attempt: 1 });
    expect((cancelled?.at ?? Infinity) - cancelledAt).toBeLessThan(1_000);
  });

  it('frees the slot for the next task', async () => {
    const node = await stack.node(scheduler);
    const first = await stack.issue();
    await node.assignment(first);
    const second = await stack.issue();
    await stack.cancel(first);
    await node.assignment(second);
  });

  it('fences the finish that crosses it', async () => {
    const node = await stack.node(scheduler);
    const taskId = await stack.issue();
    const assignment = await node.assignment(taskId);
    await stack.cancel(taskId);
    await node.acked(await node.finish(assignment));
    expect(await stack.reaches(taskId, 'finished')).toMatchObject({ outcome: 'cancelled' });
    expect([...node.fenced, ...node.cancelled]).toContainEqual(
      expect.objectContaining({ taskId, attempt: 1 }),
    );
  });
});

describe('reports', () => {
  it('of many attempts are acknowledged in sequence when they are durable', async () => {
    const node = await stack.node(scheduler, { capabilities: { slots: 50 }, habit: 'nothing' });
    const taskIds = await stack.issueMany(50);
    await eventually(() => node.assignments.length === 50);
    for (const assignment of node.assignments) {
      await node.run(assignment);
      await node.finish(assignment);
    }
    await node.acked(150n);
    const ends = await Promise.all(taskIds.map((taskId) => stack.types(taskId)));
    for (const types of ends) expect(types.slice(2)).toEqual(['TaskProgressed', 'TaskFinished']);
  });

  it('that make no sense are acknowledged and end nothing but themselves', async () => {
    const node = await stack.node(scheduler);
    const taskId = await stack.issue();
    const assignment = await node.assignment(taskId);
    await node.report({ taskId: 'no id', attempt: 1 }, { $case: 'accepted', value: {} });
    await node.report(assignment, undefined);
    await node.report(assignment, { $case: 'progress', value: { percent: 101 } });
    await node.acked(await node.finish(assignment));
    await stack.reaches(taskId, 'finished');
  });

  it('of an outcome that no node may give end the task as failed', async () => {
    const node = await stack.node(scheduler);
    const taskId = await stack.issue();
    const assignment = await node.assignment(taskId);
    const lost = { outcome: TaskOutcome.TASK_OUTCOME_LOST, status: 504, detail: '' };
    await node.report(assignment, { $case: 'finish', value: lost });
    expect(await stack.reaches(taskId, 'finished')).toMatchObject({ outcome: 'failed' });
  });

  it('of an attempt of another node are fenced', async () => {
    const [owner, thief] = [
      await stack.node(scheduler, { capabilities: { energy: greenest } }),
      await stack.node(scheduler),
    ];
    const assignment = await owner.assignment(await stack.issue());
    await thief.acked(await thief.finish(assignment));
    expect(thief.fenced).toEqual([{ taskId: assignment.taskId, attempt: 1 }]);
    expect(await stack.reaches(assignment.taskId, 'running')).toMatchObject({
      nodeId: owner.options.nodeId,
    });
  });
});

describe('an assignment that is not accepted', () => {
  it('is fenced, given back and given to another node', async () => {
    const hasty = await stack.scheduler('hasty', { GC_ACCEPT_WITHIN_MS: '700' });
    const deaf = await stack.node(hasty, {
      habit: 'nothing',
      capabilities: { energy: greenest },
    });
    const taskId = await stack.issue();
    await deaf.assignment(taskId);
    const other = await stack.node(hasty);
    expect((await other.assignment(taskId)).attempt).toBe(2);
    expect(deaf.fenced).toEqual([{ taskId, attempt: 1 }]);
    expect(await stack.history(taskId)).toContainEqual(
      expect.objectContaining({ type: 'TaskReleased', reason: 'unacknowledged' }),
    );
    await hasty.process.stop();
  });
});

describe('a task past its time', () => {
  it('is ended by the scheduler when its node does not', async () => {
    const strict = await stack.scheduler('strict', { GC_DEADLINE_GRACE_MS: '0' });
    const node = await stack.node(scheduler);
    const taskId = await stack.issue();
    await node.assignment(taskId);
    expect(await stack.reaches(taskId, 'finished', 40_000)).toMatchObject({ outcome: 'timed_out' });
    await eventually(() => node.cancelled.length > 0);
    await strict.process.stop();
    // Ten seconds are the task's own; the rest is for a machine that is slow to start a process.
  }, 60_000);

  it('expires in the queue when no node takes it within the limit', async () => {
    const impatient = await stack.scheduler('impatient', { GC_QUEUE_LIMIT_MS: '200' });
    const taskId = await stack.issue();
    expect(await stack.reaches(taskId, 'finished')).toMatchObject({ outcome: 'expired' });
    await impatient.process.stop();
  });
});

function hasWork(node: TestNode): boolean {
  return node.assignments.length > 0;
}
