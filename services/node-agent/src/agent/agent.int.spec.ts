import { Isolation } from '@greencloud/proto/node/v1/node';
import { TaskOutcome } from '@greencloud/proto/task/v1/task';
import { describe, expect, it } from 'vitest';
import { isAlive, processTree, strongest } from '../sandbox/sandbox-fixtures.ts';
import {
  assignmentOf,
  codeVersion,
  nodeId,
  openWorld,
  type WorldOptions,
} from './agent-fixture.ts';

const echo = `export default async (request) => request.headers.get('content-type') + ' ' + await request.text()`;
const forever = `export default (request, { progress }) => { progress(1); for (;;); }`;
const slow = `export default () => new Promise((resolve) => setTimeout(resolve, 400, 'done'))`;

async function openWith(code: string, options: Partial<WorldOptions> = {}) {
  const world = await openWorld(options);
  world.scheduler.code.set(codeVersion, code);
  return world;
}

const isolations = {
  namespace: Isolation.ISOLATION_NAMESPACE,
  process: Isolation.ISOLATION_PROCESS,
};
const poll = { timeout: 10_000, interval: 10 };

describe('an agent', () => {
  it('says who it is and what it offers', async () => {
    await using world = await openWith(echo);
    const { hello } = world.scheduler.session;
    expect(hello).toMatchObject({ nodeId, running: [] });
    expect(hello.capabilities).toMatchObject({
      cpuCount: 2,
      memSize: 512,
      slots: 4,
      energy: { carbonIntensity: 30 },
      isolation: isolations[strongest],
    });
  });

  it('is not welcomed with a wrong token, and tries again', async () => {
    await using world = await openWith(echo, { token: 'another' });
    await expect.poll(() => world.scheduler.refused.length, poll).toBeGreaterThan(1);
    expect(world.scheduler.refused[0]).toBe('Bearer node-token');
    expect(world.scheduler.sessions).toEqual([]);
  });

  it('runs an assignment from accepted to finish, in order and in sequence', async () => {
    await using world = await openWith(echo);
    const { session } = world.scheduler;
    const payload = { contentType: 'text/plain', body: Buffer.from('hello') };
    const task = assignmentOf({ payload });
    session.assign(task);
    await expect
      .poll(() => session.kindsOf(task.taskId), poll)
      .toEqual(['accepted', 'progress', 'finish']);
    expect(session.endOf(task.taskId)).toEqual({
      outcome: TaskOutcome.TASK_OUTCOME_SUCCEEDED,
      status: 200,
      detail: '',
      result: { contentType: 'text/plain; charset=utf-8', body: Buffer.from('text/plain hello') },
    });
    expect(session.reports.map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n]);
    expect(session.reports[1]?.report).toEqual({ $case: 'progress', value: { percent: 0 } });
  });

  it('fetches code once for many tasks and shares few sandboxes between them', async () => {
    await using world = await openWith(`let calls = 0; export default () => ++calls`, {
      offer: { slots: 40 },
    });
    const { session } = world.scheduler;
    const tasks = Array.from({ length: 30 }, () => assignmentOf());
    session.assign(...tasks);
    await expect.poll(() => tasks.every(({ taskId }) => session.endOf(taskId)), poll).toBe(true);
    expect(world.scheduler.codeRequests).toEqual([codeVersion]);
    // Two on a free machine. On a busy one another for each 20 ms that somebody waits: 7 were seen.
    expect(world.pool.size).toBeLessThan(tasks.length / 2);
    // 90 reports in few messages: what one tick says goes together.
    expect(session.reportMessages.length).toBeLessThan(60);
  });

  it('tells failures, timeouts and answers apart', async () => {
    const code = `export default async (request) => { const what = await request.text();
      if (what === 'throw') throw new Error('no such colour');
      if (what === 'loop') for (;;);
      return new Response(null, { status: 204 }) }`;
    await using world = await openWith(code);
    const { session } = world.scheduler;
    const send = (text: string) => {
      const task = assignmentOf({
        timeoutSeconds: 1,
        payload: { contentType: 'text/plain', body: Buffer.from(text) },
      });
      session.assign(task);
      return task.taskId;
    };
    const [thrown, looped, nothing] = ['throw', 'loop', 'nothing'].map(send);
    await expect
      .poll(() => session.endOf(looped ?? ''), poll)
      .toMatchObject({
        outcome: TaskOutcome.TASK_OUTCOME_TIMED_OUT,
        status: 504,
      });
    expect(session.endOf(thrown ?? '')).toMatchObject({
      outcome: TaskOutcome.TASK_OUTCOME_FAILED,
      status: 500,
      detail: 'no such colour',
      result: undefined,
    });
    expect(session.endOf(nothing ?? '')).toMatchObject({ status: 204, result: undefined });
  });

  it('fails a task whose code is gone, and gives one back that does not fit', async () => {
    await using world = await openWith(echo);
    const { session } = world.scheduler;
    const gone = assignmentOf({ codeVersion: '64058fee9956fae80d7e0eff' });
    const large = assignmentOf({ memSize: 2_048 });
    session.assign(gone, large);
    await expect.poll(() => session.kindsOf(gone.taskId), poll).toEqual(['accepted', 'finish']);
    await expect.poll(() => session.kindsOf(large.taskId), poll).toEqual(['accepted', 'release']);
    expect(session.endOf(gone.taskId)?.detail).toBe('the code of this lambda is gone');
  });

  it('gives back what exceeds its slots', async () => {
    await using world = await openWith(slow, { offer: { slots: 1 } });
    const { session } = world.scheduler;
    const [first, second] = [assignmentOf(), assignmentOf()];
    session.assign(first, second);
    await expect.poll(() => session.kindsOf(second.taskId), poll).toEqual(['release']);
    await expect.poll(() => session.endOf(first.taskId), poll).toBeDefined();
  });

  it('takes tasks beyond its slots, and gives back what could not begin in half a second', async () => {
    await using world = await openWith(slow, { offer: { slots: 1, lookahead: 2 } });
    const { session } = world.scheduler;
    const [first, second, third, fourth] = [1, 2, 3, 4].map(() => assignmentOf());
    if (!first || !second || !third || !fourth) throw new Error('four tasks');
    session.assign(first);
    await expect.poll(() => session.endOf(first.taskId), poll).toBeDefined();
    // The sandbox is warm now: 400 ms each.
    session.assign(second, third, fourth);
    await expect.poll(() => session.kindsOf(fourth.taskId), poll).toEqual(['accepted', 'returned']);
    for (const { taskId } of [second, third]) {
      await expect.poll(() => session.endOf(taskId), poll).toMatchObject({ status: 200 });
    }
  });

  it('counts slots by memory: what is beyond it is given back in half a second, too', async () => {
    const offer = { slots: 4, lookahead: 4, memSizeMib: 512 };
    await using world = await openWith(forever, { offer });
    const { session } = world.scheduler;
    const large = [1, 2, 3].map(() => assignmentOf({ memSize: 256 }));
    const [first, second, third] = large;
    if (!first || !second || !third) throw new Error('three tasks');
    session.assign(...large);
    await expect.poll(() => session.kindsOf(third.taskId), poll).toEqual(['accepted', 'returned']);
    for (const { taskId } of [first, second]) {
      await expect.poll(() => session.kindsOf(taskId), poll).toContain('progress');
    }
  });

  it('does not begin an assignment twice', async () => {
    await using world = await openWith(slow);
    const { session } = world.scheduler;
    const task = assignmentOf();
    session.assign(task, task);
    await expect.poll(() => session.endOf(task.taskId), poll).toBeDefined();
    expect(session.kindsOf(task.taskId)).toEqual(['accepted', 'progress', 'finish']);
  });

  it('really stops a cancelled lambda, within a second, and says no more of it', async () => {
    await using world = await openWith(forever);
    const { session } = world.scheduler;
    const task = assignmentOf();
    session.assign(task);
    await expect.poll(() => session.kindsOf(task.taskId).length, poll).toBe(3);
    const sandboxes = processTree(process.pid).filter((pid) => pid !== process.pid);
    const startedAt = performance.now();
    session.cancel(task.taskId);
    await expect.poll(() => sandboxes.filter(isAlive), poll).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(session.kindsOf(task.taskId)).toEqual(['accepted', 'progress', 'progress']);
    await expect.poll(() => world.pool.size, poll).toBe(0);
  });

  it('stops a fenced attempt and reports the next one of the same task', async () => {
    await using world = await openWith(forever);
    const { session } = world.scheduler;
    const task = assignmentOf();
    session.assign(task);
    await expect.poll(() => session.kindsOf(task.taskId).length, poll).toBe(3);
    session.fence(task.taskId);
    session.assign({ ...task, attempt: 2 });
    await expect.poll(() => session.reports.filter((r) => r.attempt === 2).length, poll).toBe(3);
    expect(session.kindsOf(task.taskId)).not.toContain('finish');
  });

  it.each([
    ['refuses a tenant that it does not trust', {}, ['release']],
    ['runs a tenant that it trusts', { trustedTenants: ['5f4dcc3b5aa765d61d8327de'] }, null],
    ['runs anyone when its owner says so', { acceptsUntrusted: true }, null],
  ])('without bubblewrap %s', async (_, offer, kinds) => {
    await using world = await openWith(echo, { isolation: 'process', offer });
    const { session } = world.scheduler;
    expect(session.hello.capabilities?.isolation).toBe(Isolation.ISOLATION_PROCESS);
    const task = assignmentOf();
    session.assign(task);
    const expected = kinds ?? ['accepted', 'progress', 'finish'];
    await expect.poll(() => session.kindsOf(task.taskId), poll).toEqual(expected);
  });

  it('runs a task again in a fresh sandbox when another one may have broken its own', async () => {
    const code = `let calls = 0; export default async () => {
      if (++calls === 1) { setTimeout(() => { throw new Error('left behind') }, 50); return 'first' }
      await new Promise((resolve) => setTimeout(resolve, 150)); return 'second' }`;
    await using world = await openWith(code, { offer: { slots: 1 } });
    const { session } = world.scheduler;
    const [first, second] = [assignmentOf(), assignmentOf()];
    session.assign(first);
    await expect.poll(() => session.endOf(first.taskId), poll).toMatchObject({ status: 200 });
    session.assign(second);
    await expect.poll(() => session.endOf(second.taskId), poll).toMatchObject({ status: 200 });
    expect(session.kindsOf(second.taskId)).toEqual(['accepted', 'progress', 'finish']);
  });
});
