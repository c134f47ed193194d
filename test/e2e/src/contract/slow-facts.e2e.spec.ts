import { eventually } from '@greencloud/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StreamItem } from '../event-stream.ts';
import { impossible, lambdaCode } from '../lambda-code.ts';
import { enrol, startAgent } from '../own-processes.ts';
import { expectProblem } from '../problem.ts';
import { type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();

/** Everything that takes its time is begun at once, before the first test. */
describe('1.2, 1.4 and 1.5: what takes some seconds', { timeout: 60_000 }, () => {
  let tenant: Tenant;
  let late: string;
  let unwanted: string;
  let comments: Promise<StreamItem[]>;

  beforeAll(async () => {
    tenant = await stack().tenant();
    const code = await lambdaCode('obedient');
    const slow = await tenant.createLambda('slow', code);
    const never = await tenant.createLambda('never', code, impossible);
    unwanted = await tenant.issue(never, '');
    comments = tenant.watched(unwanted);
    late = await tenant.issue(slow, JSON.stringify({ progress: 1, sleepMs: 60_000 }), 10);
    await eventually(async () => expect((await tenant.task(late)).state).toBe('running'));
  });

  it('a task that loses its node five times is lost: 504, TASK_LOST', async () => {
    const owner = await stack().tenant();
    const node = await enrol(owner, 'dies young');
    const code = await lambdaCode('obedient');
    // Only the node of this test is privileged.
    const special = await owner.createLambda('special', code, { privileged: true });
    const id = await owner.issue(special, JSON.stringify({ progress: 1, sleepMs: 60_000 }), 60);
    for (let attempt = 1; attempt <= 5; attempt++) {
      const agent = await startAgent(stack(), node, { GC_PRIVILEGED: 'true', GC_SLOTS: '1' });
      await eventually(
        async () => expect(await owner.task(id)).toMatchObject({ state: 'running', attempt }),
        { timeoutMs: 20_000 },
      );
      await agent.kill('SIGKILL');
    }
    // Its sixth start finds the task given up.
    await using _ = await startAgent(stack(), node, { GC_PRIVILEGED: 'true' });
    await eventually(async () => expect((await owner.task(id)).outcome).toBe('lost'), {
      timeoutMs: 30_000,
    });
    expect(await owner.task(id)).toMatchObject({ state: 'finished', status: 504, attempt: 5 });
    const answer = await owner.result(id);
    expectProblem(answer, 504, 'TASK_LOST');
    expect(answer.headers['gc-task-outcome']).toBe('lost');
    const released = (await owner.history(id)).filter(({ type }) => type === 'TaskReleased');
    expect(released.length).toBeGreaterThanOrEqual(4);
    await expectOverAndListed(owner, id, 'lost');
  });

  it('a task that works past its timeout, in seconds of execution, is timed out: 504, TASK_TIMED_OUT', async () => {
    const answer = await tenant.result(late);
    expectProblem(answer, 504, 'TASK_TIMED_OUT');
    expect(answer.headers['gc-task-outcome']).toBe('timed_out');
    await eventually(async () => {
      expect(await tenant.task(late)).toMatchObject({ outcome: 'timed_out', status: 504 });
    });
    const events = (await tenant.history(late)) as { type: string; atMs?: number }[];
    const at = (type: string) => events.find((event) => event.type === type)?.atMs ?? Number.NaN;
    const ranMs = at('TaskFinished') - at('TaskAssigned');
    expect(ranMs).toBeGreaterThanOrEqual(9_900);
    expect(ranMs).toBeLessThan(13_000);
    await expectOverAndListed(tenant, late, 'timed_out');
  });

  it('a task that no node takes in time expires: 504, TASK_EXPIRED', async () => {
    const answer = await tenant.result(unwanted);
    expectProblem(answer, 504, 'TASK_EXPIRED');
    expect(answer.headers['gc-task-outcome']).toBe('expired');
    await eventually(async () => {
      const task = await tenant.task(unwanted);
      expect(task).toMatchObject({ outcome: 'expired', status: 504, attempt: 0 });
    });
    await expectOverAndListed(tenant, unwanted, 'expired');
  });

  it('a watch without news says a comment every 15 s', async () => {
    const items = (await comments).map((item) => (item.kind === 'event' ? item.event : ':'));
    expect(items).toEqual(['TaskIssued', ':', 'TaskFinished']);
  });
});

/** 1.5: a cancel comes too late (409); 1.3: the list finds it by its outcome. */
async function expectOverAndListed(owner: Tenant, id: string, outcome: string): Promise<void> {
  const cancelled = await owner.call('DELETE', `/v1/task/${id}`);
  expectProblem(cancelled, 409, 'TASK_ALREADY_FINISHED');
  const listed = await owner.call('GET', `/v1/task/list?outcome=${outcome}`);
  expect(listed.json<{ id: string }[]>().map((task) => task.id)).toEqual([id]);
  expect((await owner.task(id)).outcome).toBe(outcome);
}
