import { randomUUID } from 'node:crypto';
import { eventually, type TestProcess } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lambdaCode } from '../lambda-code.ts';
import { enrol, listeningPorts, startAgent } from '../own-processes.ts';
import { expectProblem, pointersOf } from '../problem.ts';
import { type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();

interface Node {
  readonly hash: string;
  readonly available: boolean;
  readonly disabled: boolean;
  readonly running: number;
  readonly [member: string]: unknown;
}

const offer = {
  GC_PRIVILEGED: 'true',
  GC_SLOTS: '2',
  GC_CPU_COUNT: '3',
  GC_MEM_SIZE: '512',
  GC_NETWORK_LATENCY: '25',
  GC_ENERGY_SOURCE: 'battery',
  GC_CARBON_INTENSITY: '12',
};

describe('3: Nodes', () => {
  let owner: Tenant;

  beforeAll(async () => {
    owner = await stack().tenant();
  });

  const post = (hash: string, body?: unknown) => owner.call('POST', `/v1/node/${hash}`, { body });
  const list = async () => (await owner.call('GET', '/v1/node/list')).json<Node[]>();
  const nodeOf = async (hash: string) => (await list()).find((node) => node.hash === hash);

  describe('POST /v1/node/{hash} enrols a node', () => {
    it('and answers 201 {token} once', async () => {
      const answer = await post(randomUUID(), { description: 'in the shed' });
      expect(answer.status).toBe(201);
      expect(answer.json()).toEqual({ token: expect.stringMatching(/^\S{20,}$/) });
      expect(JSON.stringify(await list())).not.toContain(answer.json<{ token: string }>().token);
    });

    it('also without a description', async () => {
      expect((await post(randomUUID())).status).toBe(201);
      expect((await post(randomUUID(), {})).status).toBe(201);
    });

    it.each(['1', 'x'.repeat(36), randomUUID().slice(1), `${randomUUID()}0`])(
      'whose hash is a UUID: 400 INVALID_ID for %s',
      async (hash) => {
        expectProblem(await post(hash, {}), 400, 'INVALID_ID');
      },
    );

    it.each([
      ['description', 'x'.repeat(81)],
      ['description', 'größe'],
      ['description', 1],
      ['slots', 4],
    ])('and refuses as %s: %j', async (member, wrong) => {
      const answer = await post(randomUUID(), { [member]: wrong });
      expectProblem(answer, 422, 'VALIDATION_FAILED');
      expect(pointersOf(answer)).toEqual([`/${member}`]);
    });

    it('a second time gives a new token, by which it connects', async () => {
      const first = await enrol(owner);
      const again = await post(first.hash, {});
      expect(again.status).toBe(201);
      const token = again.json<{ token: string }>().token;
      expect(token).not.toBe(first.token);
      await using _ = await startAgent(stack(), { hash: first.hash, token });
      await eventually(async () =>
        expect(await nodeOf(first.hash)).toMatchObject({ available: true }),
      );
    });

    it('that another tenant has: 409 NODE_ALREADY_ENROLLED', async () => {
      const { hash } = await enrol(owner);
      const stranger = await stack().tenant();
      const answer = await stranger.call('POST', `/v1/node/${hash}`, { body: {} });
      expectProblem(answer, 409, 'NODE_ALREADY_ENROLLED');
    });
  });

  describe('GET /v1/node/list', () => {
    it('gives a node that was never connected', async () => {
      const { hash } = await enrol(owner, 'asleep');
      expect(await nodeOf(hash)).toMatchObject({
        hash,
        description: 'asleep',
        available: false,
        disabled: false,
        running: 0,
        energy: { source: 'unknown', carbonIntensity: null },
        lastSeen: '',
      });
    });

    it('gives the caller’s nodes only', async () => {
      expect((await (await stack().tenant()).call('GET', '/v1/node/list')).json()).toEqual([]);
      const local = (await stack().demo.call('GET', '/v1/node/list')).json<Node[]>();
      expect(local.map(({ description }) => String(description)).toSorted()).toEqual([
        'local node 1',
        'local node 2',
      ]);
    });
  });

  it.each(['DELETE', 'PATCH', 'POST'])(
    '%s of a node that nobody has is 404 NODE_NOT_FOUND',
    async (method) => {
      const path = `/v1/node/${randomUUID()}${method === 'POST' ? '/drain' : ''}`;
      expectProblem(await owner.call(method, path), 404, 'NODE_NOT_FOUND');
    },
  );

  describe('a node that is connected', () => {
    let node: { readonly hash: string; readonly token: string };
    let agent: TestProcess;
    let lambdaId: string;

    beforeAll(async () => {
      node = await enrol(owner, 'special');
      agent = await startAgent(stack(), node, offer);
      lambdaId = await owner.createLambda('special', await lambdaCode('obedient'), {
        privileged: true,
      });
    });
    afterAll(() => agent?.stop());

    const change = (method: string, path = '') =>
      owner.call(method, `/v1/node/${node.hash}${path}`);
    const becomes = (state: Partial<Node>) =>
      eventually(async () => expect(await nodeOf(node.hash)).toMatchObject(state));
    const issue = (sleepMs: number) =>
      owner.issue(lambdaId, JSON.stringify({ progress: 1, sleepMs, say: 'done' }));

    it('has declared what it is and what it runs on', async () => {
      await becomes({
        description: 'special',
        available: true,
        disabled: false,
        running: 0,
        capabilities: {
          cpuCount: 3,
          memSize: 512,
          networkLatency: 25,
          privileged: true,
          slots: 2,
        },
        energy: { source: 'battery', carbonIntensity: 12 },
        lastSeen: expect.stringMatching(/^\d{10}$/),
      });
    });

    it('connects outward: nothing can connect to it but its own admin port', async () => {
      expect(await listeningPorts(agent.pid)).toEqual([
        Number(new URL(agent.ready.admin ?? '').port),
      ]);
    });

    it('works, and says how many tasks it runs', async () => {
      const id = await issue(1_000);
      await becomes({ running: 1 });
      expect((await owner.result(id)).text).toBe('done');
      expect(await owner.task(id)).toMatchObject({ node: node.hash });
      await becomes({ running: 0 });
    });

    it('POST drain lets it finish and gives it nothing new', async () => {
      const before = await issue(1_500);
      await becomes({ running: 1 });
      expect((await change('POST', '/drain')).status).toBe(204);
      const after = await issue(0);
      await becomes({ available: false, disabled: false });
      expect((await owner.result(before)).text).toBe('done');
      expect(await owner.task(after)).toMatchObject({ state: 'issued', attempt: 0 });
      expect((await change('PATCH')).status).toBe(200);
      expect((await owner.result(after)).text).toBe('done');
    });

    it('DELETE disables it (204), also when repeated', async () => {
      expect((await change('DELETE')).status).toBe(204);
      await becomes({ available: false, disabled: true });
      const id = await issue(0);
      expect((await change('DELETE')).status).toBe(204);
      expect(await owner.task(id)).toMatchObject({ state: 'issued', attempt: 0 });
      expect((await owner.call('DELETE', `/v1/task/${id}`)).status).toBe(204);
    });

    it('PATCH restores it (200)', async () => {
      expect((await change('PATCH')).status).toBe(200);
      await becomes({ disabled: false, available: true });
      expect((await owner.result(await issue(0))).text).toBe('done');
    });

    it('is no longer available once it is gone', async () => {
      await agent.stop();
      await becomes({ available: false, disabled: false });
    });
  });

  describe('GET /v1/metrics is of the caller’s view', () => {
    const metrics = async (client: Tenant) =>
      (await client.call('GET', '/v1/metrics')).json<Record<string, number>>();

    it('has seven counts', async () => {
      expect(await metrics(await stack().tenant())).toEqual({
        pendingTasks: 0,
        runningTasks: 0,
        activeNodes: expect.any(Number),
        freeNodes: expect.any(Number),
        busyNodes: expect.any(Number),
        todayTasks: 0,
        completedTasks: 0,
      });
    });

    it('counts tasks that wait, run and are done', async () => {
      const tenant = await stack().tenant();
      const code = await lambdaCode('obedient');
      const works = await tenant.createLambda('works', code);
      const waits = await tenant.createLambda('waits', code, { privileged: true });
      const done = await tenant.issue(works, '{"say":"x"}');
      await tenant.result(done);
      const runs = await tenant.issue(works, '{"progress":1,"sleepMs":20000}');
      const waiting = await tenant.issue(waits, '');
      await eventually(async () => {
        expect(await metrics(tenant)).toMatchObject({
          pendingTasks: 1,
          runningTasks: 1,
          todayTasks: 3,
          completedTasks: 1,
        });
      });
      await Promise.all([runs, waiting].map((id) => tenant.call('DELETE', `/v1/task/${id}`)));
      await eventually(async () => {
        expect(await metrics(tenant)).toMatchObject({
          pendingTasks: 0,
          runningTasks: 0,
          completedTasks: 3,
        });
      });
    });
  });
});
