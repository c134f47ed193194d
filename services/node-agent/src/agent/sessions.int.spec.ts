import { ReleaseReason } from '@greencloud/proto/task/v1/task';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Line, lineTo } from '../grpc/proxy-fixture.ts';
import { assignmentOf, codeVersion, openWorld, type WorldOptions } from './agent-fixture.ts';

const slow = `export default () => new Promise((resolve) => setTimeout(resolve, 400, 'done'))`;
const forever = `export default () => new Promise(() => {})`;
const quick = `export default () => 'done'`;

async function openWith(code: string, options: Partial<WorldOptions> = {}) {
  const world = await openWorld(options);
  world.scheduler.code.set(codeVersion, code);
  return world;
}

const poll = { timeout: 10_000, interval: 10 };

describe('a session that breaks', () => {
  it('is followed by one that resumes the running attempt, under the same boot', async () => {
    await using world = await openWith(slow);
    const first = world.scheduler.session;
    const task = assignmentOf();
    first.assign(task);
    await expect.poll(() => first.kindsOf(task.taskId), poll).toEqual(['accepted', 'progress']);
    first.break();
    await expect.poll(() => world.scheduler.sessions.length, poll).toBe(2);
    const second = world.scheduler.session;
    expect(second.hello.running).toEqual([{ taskId: task.taskId, attempt: 1 }]);
    expect(second.hello.bootId).toBe(first.hello.bootId);
    await expect.poll(() => second.endOf(task.taskId), poll).toMatchObject({ status: 200 });
    expect(second.kindsOf(task.taskId)).toEqual(['finish']);
  });

  it('is followed by one that hears again what was not acknowledged, in new sequences', async () => {
    await using world = await openWith(quick);
    const first = world.scheduler.session;
    const acknowledged = assignmentOf();
    first.assign(acknowledged);
    await expect.poll(() => first.endOf(acknowledged.taskId), poll).toBeDefined();
    first.acks = 'never';
    const task = assignmentOf();
    first.assign(task);
    await expect.poll(() => first.endOf(task.taskId), poll).toBeDefined();
    first.break('well');
    await expect.poll(() => world.scheduler.sessions.length, poll).toBe(2);
    const second = world.scheduler.session;
    expect(second.hello.running).toEqual([{ taskId: task.taskId, attempt: 1 }]);
    await expect
      .poll(() => second.kindsOf(task.taskId), poll)
      .toEqual(['accepted', 'progress', 'finish']);
    expect(second.reports.map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n]);
    expect(second.kindsOf(acknowledged.taskId)).toEqual([]);
  });

  it('does not run an assignment again whose finish only is not acknowledged', async () => {
    await using world = await openWith(quick);
    const first = world.scheduler.session;
    first.acks = 'never';
    const task = assignmentOf();
    first.assign(task);
    await expect.poll(() => first.endOf(task.taskId), poll).toBeDefined();
    first.assign(task);
    const other = assignmentOf();
    first.assign(other);
    await expect.poll(() => first.endOf(other.taskId), poll).toBeDefined();
    expect(first.kindsOf(task.taskId)).toEqual(['accepted', 'progress', 'finish']);
  });

  it('drops the reports of an attempt that was fenced meanwhile', async () => {
    await using world = await openWith(quick);
    const first = world.scheduler.session;
    first.acks = 'never';
    const [fenced, kept] = [assignmentOf(), assignmentOf()];
    first.assign(fenced, kept);
    await expect
      .poll(() => first.endOf(kept.taskId) && first.endOf(fenced.taskId), poll)
      .toBeDefined();
    first.fence(fenced.taskId);
    first.assign(assignmentOf());
    await expect.poll(() => first.reports.length, poll).toBe(9);
    first.break();
    await expect.poll(() => world.scheduler.sessions.length, poll).toBe(2);
    await expect.poll(() => world.scheduler.session.endOf(kept.taskId), poll).toBeDefined();
    expect(world.scheduler.session.kindsOf(fenced.taskId)).toEqual([]);
  });

  it('leaves no attempt running once the fence time is over', async () => {
    await using world = await openWith(forever, { fenceAfterMs: 1_000, heartbeatMs: 50 });
    const first = world.scheduler.session;
    const task = assignmentOf();
    first.assign(task);
    await expect.poll(() => first.kindsOf(task.taskId).length, poll).toBe(2);
    expect(world.pool.size).toBe(1);
    first.heartbeats = 'ignored';
    await expect.poll(() => world.pool.size, poll).toBe(0);
    // It comes back empty-handed.
    await expect.poll(() => world.scheduler.sessions.length, poll).toBe(2);
    expect(world.scheduler.session.hello.running).toEqual([]);
  });

  it('keeps its attempts as long as heartbeats are answered', async () => {
    // A busy machine may stand still for 150 ms, which would be a fence of its own.
    const threeFences = `export default () => new Promise((resolve) => setTimeout(resolve, 3_000))`;
    await using world = await openWith(threeFences, { fenceAfterMs: 1_000, heartbeatMs: 20 });
    const task = assignmentOf();
    world.scheduler.session.assign(task);
    await expect.poll(() => world.scheduler.session.endOf(task.taskId), poll).toBeDefined();
    expect(world.scheduler.sessions.length).toBe(1);
  });
});

describe('a scheduler whose log stands still', () => {
  it('is sent a window of results and every heartbeat, and the others when it goes on', async () => {
    const large = `export default () => 'x'.repeat(500_000)`;
    await using world = await openWith(large, { offer: { slots: 8 }, heartbeatMs: 20 });
    const { session } = world.scheduler;
    session.acks = 'never';
    const tasks = Array.from({ length: 8 }, () => assignmentOf());
    session.assign(...tasks);
    const ended = () => tasks.filter(({ taskId }) => session.endOf(taskId)).length;
    await expect.poll(ended, poll).toBe(3);
    // All that ran has ended, and three beats later no more of it has come.
    await expect.poll(() => world.pool.size - world.pool.warm, poll).toBe(0);
    const { beats } = session;
    await expect.poll(() => session.beats, poll).toBeGreaterThan(beats + 3);
    expect(ended()).toBe(3);
    session.acknowledgeFromNowOn();
    await expect.poll(ended, poll).toBe(8);
  });
});

describe('a scheduler that stands still', () => {
  it('is left for another one before the node stops its work, with the times as shipped', async () => {
    const lines: Line[] = [];
    onTestFinished(() => lines.forEach((line) => line.close()));
    await using world = await openWith(forever, {
      heartbeatMs: 5_000,
      fenceAfterMs: 15_000,
      dial: async (address) => {
        lines.push(await lineTo(address), await lineTo(address));
        lines[1]?.freeze();
        return lines.map((line) => line.address).join();
      },
    });
    const task = assignmentOf();
    world.scheduler.session.assign(task);
    await expect.poll(() => world.scheduler.session.reports.length, poll).toBe(2);
    lines[0]?.freeze();
    lines[1]?.thaw();
    await expect.poll(() => world.scheduler.sessions.length, { timeout: 20_000 }).toBe(2);
    expect(world.scheduler.session.hello.running).toEqual([{ taskId: task.taskId, attempt: 1 }]);
  });
});

describe('a drain', () => {
  it('lets what runs finish, takes nothing new, and ends when all is acknowledged', async () => {
    await using world = await openWith(slow);
    const { session } = world.scheduler;
    const [running, late] = [assignmentOf(), assignmentOf()];
    session.assign(running);
    await expect.poll(() => session.kindsOf(running.taskId).length, poll).toBe(2);
    const drained = world.agent.drain(5_000);
    await expect.poll(() => session.draining, poll).toBe('yes');
    session.assign(late);
    await drained;
    expect(session.endOf(running.taskId)).toMatchObject({ status: 200 });
    expect(session.reports.find(({ taskId }) => taskId === late.taskId)?.report).toEqual({
      $case: 'release',
      value: { reason: ReleaseReason.RELEASE_REASON_DRAINED },
    });
    await expect.poll(() => session.state, poll).toBe('ended');
    expect(world.pool.size).toBe(0);
  });

  it('gives back what does not finish within the limit', async () => {
    await using world = await openWith(forever);
    const { session } = world.scheduler;
    const task = assignmentOf();
    session.assign(task);
    await expect.poll(() => session.kindsOf(task.taskId).length, poll).toBe(2);
    await world.agent.drain(100);
    expect(session.kindsOf(task.taskId)).toEqual(['accepted', 'progress', 'release']);
  });

  it('asked by the scheduler only lets warm sandboxes go', async () => {
    await using world = await openWith(quick);
    const { session } = world.scheduler;
    const [before, after] = [assignmentOf(), assignmentOf()];
    session.assign(before);
    await expect.poll(() => session.endOf(before.taskId), poll).toBeDefined();
    expect(world.pool.warm).toBe(1);
    session.say({ $case: 'drain', value: {} });
    await expect.poll(() => world.pool.size, poll).toBe(0);
    session.assign(after);
    await expect.poll(() => session.endOf(after.taskId), poll).toBeDefined();
  });
});
