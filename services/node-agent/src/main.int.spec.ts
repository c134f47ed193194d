import { fileURLToPath } from 'node:url';
import { startProcess } from '@greencloud/testing';
import { describe, expect, it } from 'vitest';
import { assignmentOf, codeVersion, nodeId } from './agent/agent-fixture.ts';
import { SchedulerFixture } from './grpc/scheduler-fixture.ts';
import { isAlive, processTree, strongest } from './sandbox/sandbox-fixtures.ts';

const entry = fileURLToPath(new URL('main.ts', import.meta.url));
const poll = { timeout: 10_000, interval: 20 };
const waits = `export default (request, { progress }) => { progress(1); return new Promise(() => {}) }`;
const loops = `export default (request, { progress }) => { progress(1); for (;;); }`;

async function openAgent(code: string, env: Record<string, string> = {}) {
  const scheduler = await new SchedulerFixture({}).start();
  scheduler.code.set(codeVersion, code);
  const agent = await startProcess({
    entry,
    env: {
      GC_SCHEDULER_ADDRESS: scheduler.address,
      GC_NODE_ID: nodeId,
      GC_NODE_TOKEN: 'node-token',
      GC_DRAIN_MS: '200',
      GC_ALLOW_UNSANDBOXED: String(strongest === 'process'),
      ...env,
    },
  });
  return {
    scheduler,
    agent,
    [Symbol.asyncDispose]: async () => {
      await agent.stop();
      await scheduler.close();
    },
  };
}

type Opened = Awaited<ReturnType<typeof openAgent>>;

/** A task that runs, and the processes of its sandbox. */
async function runningTask({ scheduler, agent }: Opened) {
  const task = assignmentOf();
  scheduler.session.assign(task);
  await expect.poll(() => scheduler.session.kindsOf(task.taskId).length, poll).toBe(3);
  const sandbox = processTree(agent.pid).filter((pid) => pid !== agent.pid);
  expect(sandbox.length).toBeGreaterThan(0);
  return { task, sandbox };
}

async function metricsOf({ agent }: Opened): Promise<string> {
  return await (await fetch(`${agent.ready.admin}/metrics`)).text();
}

async function readySpares(open: Opened): Promise<number> {
  return Number(/^greencloud_sandboxes_spare\S* (\d+)/m.exec(await metricsOf(open))?.[1]);
}

async function isolationOf(open: Opened): Promise<string | undefined> {
  return /^greencloud_isolation\{.*kind="(\w+)".*\} 1/m.exec(await metricsOf(open))?.[1];
}

describe('the node agent as a process', () => {
  it('is ready when it is in session, and says so on its admin port', async () => {
    await using open = await openAgent(waits);
    const { admin } = open.agent.ready;
    expect((await fetch(`${admin}/readyz`)).status).toBe(200);
    expect(await metricsOf(open)).toMatch(/greencloud_sessions_total\S* 1/);
    expect(await isolationOf(open)).toBe(strongest);
    await open.scheduler.close();
    await expect.poll(async () => (await fetch(`${admin}/readyz`)).status, poll).toBe(503);
  });

  it('on SIGTERM gives back what does not finish, and leaves no process', async () => {
    await using open = await openAgent(loops);
    const { session } = open.scheduler;
    const { task, sandbox } = await runningTask(open);
    expect(await open.agent.stop()).toEqual({ code: 0, signal: null });
    expect(session.draining).toBe('yes');
    expect(session.kindsOf(task.taskId).at(-1)).toBe('release');
    await expect.poll(() => sandbox.filter(isAlive), poll).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('on %s leaves no spare sandbox', async (signal) => {
    await using open = await openAgent(waits, { GC_SPARE_SANDBOXES: '2' });
    await expect.poll(() => readySpares(open), poll).toBe(2);
    const spares = processTree(open.agent.pid).filter((pid) => pid !== open.agent.pid);
    expect(spares.length).toBeGreaterThanOrEqual(2);
    await open.agent.kill(signal);
    await expect.poll(() => spares.filter(isAlive), poll).toEqual([]);
  });

  if (strongest === 'namespace')
    it('takes its sandboxes along when it is killed, though they loop', async () => {
      await using open = await openAgent(loops);
      const { sandbox } = await runningTask(open);
      await open.agent.kill('SIGKILL');
      await expect.poll(() => sandbox.filter(isAlive), poll).toEqual([]);
    });

  it('warns in one line without bubblewrap, and its lambdas still end with it', async () => {
    const env = { GC_BWRAP: '/nowhere/bwrap', GC_ALLOW_UNSANDBOXED: 'true' };
    await using open = await openAgent(waits, env);
    const { sandbox } = await runningTask(open);
    const warnings = open.agent.output().match(/"level":"warn".*/g);
    expect(warnings).toEqual([expect.stringMatching(/lambdas run WITHOUT bubblewrap.*ANY tenant/)]);
    expect(await isolationOf(open)).toBe('process');
    await open.agent.kill('SIGKILL');
    await expect.poll(() => sandbox.filter(isAlive), poll).toEqual([]);
  });

  it('never writes its token into its log', async () => {
    await using open = await openAgent(waits, { GC_LOG_LEVEL: 'trace' });
    await runningTask(open);
    expect(open.agent.output()).not.toContain('node-token');
  });
});
