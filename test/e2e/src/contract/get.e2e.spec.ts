import { eventually } from '@greencloud/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../client.ts';
import { impossible, lambdaCode, type Order } from '../lambda-code.ts';
import { expectProblem } from '../problem.ts';
import { newId, type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();
const KIB = 1_024;

interface Task {
  readonly issued: string;
  readonly assigned: string;
  readonly finished: string;
  readonly progress: number;
  readonly version: number;
  readonly [member: string]: unknown;
}

const given = 'id lambdaId issued assigned finished progress node timeout capabilities'.split(' ');
const ours = 'state outcome status attempt version'.split(' ');

describe('1.2: Get', () => {
  let tenant: Tenant;
  let lambdaId: string;
  let neverId: string;

  beforeAll(async () => {
    tenant = await stack().tenant();
    lambdaId = await tenant.createLambda('obedient', await lambdaCode('obedient'));
    neverId = await tenant.createLambda('never', await lambdaCode('obedient'), impossible);
  });

  const order = (what: Order, lambda = lambdaId) => tenant.issue(lambda, JSON.stringify(what));
  const get = (id: string, headers: Record<string, string> = {}) =>
    tenant.call('GET', `/v1/task/${id}`, { headers });
  const taskOf = async (id: string) => (await get(id)).json<Task>();

  async function finished(what: Order): Promise<Task> {
    const id = await order(what);
    await tenant.result(id);
    return taskOf(id);
  }

  async function running(): Promise<string> {
    const id = await order({ progress: 40, sleepMs: 20_000 });
    await eventually(async () => expect((await taskOf(id)).progress).toBe(40));
    return id;
  }

  it('answers 200 with the nine members of the contract first, ours behind them', async () => {
    const answer = await get(await order({ say: 'x' }, neverId));
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(Object.keys(answer.json<object>())).toEqual([...given, ...ours]);
  });

  it('shows a task that waits: what has not happened yet is "", and so is node', async () => {
    const id = await order({ say: 'x' }, neverId);
    expect(await taskOf(id)).toEqual({
      id,
      lambdaId: neverId,
      issued: expect.stringMatching(/^\d{10}$/),
      assigned: '',
      finished: '',
      progress: 0,
      node: '',
      timeout: 30,
      capabilities: { cpuCount: 0, memSize: 0, networkLatency: 1, privileged: false },
      state: 'issued',
      outcome: '',
      status: 0,
      attempt: 0,
      version: 1,
    });
  });

  it('shows a task that runs: its node, its attempt, its progress', async () => {
    const id = await running();
    expect(await taskOf(id)).toMatchObject({
      assigned: expect.stringMatching(/^\d{10}$/),
      finished: '',
      progress: 40,
      node: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      state: 'running',
      outcome: '',
      status: 0,
      attempt: 1,
    });
    await tenant.call('DELETE', `/v1/task/${id}`);
  });

  it('shows a task that has finished', async () => {
    expect(await finished({ say: 'done' })).toMatchObject({
      finished: expect.stringMatching(/^\d{10}$/),
      progress: 100,
      state: 'finished',
      outcome: 'succeeded',
      status: 200,
      attempt: 1,
    });
  });

  it('gives times as decimal strings of Unix seconds, in their order', async () => {
    const before = Math.floor(Date.now() / 1_000);
    const task = await finished({ say: 'x' });
    const times = [task.issued, task.assigned, task.finished].map(Number);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(before - 1);
    expect(times[2]).toBeLessThanOrEqual(Math.ceil(Date.now() / 1_000) + 1);
  });

  it.each([
    ['succeeded', { response: { status: 202, text: 'x' } }, 202],
    ['succeeded', { response: { status: 418, text: 'x' } }, 418],
    ['failed', { throw: 'no' }, 500],
  ])('finishes as %s with the status that the lambda answered', async (outcome, what, status) => {
    expect(await finished(what)).toMatchObject({ outcome, status, state: 'finished' });
  });

  it('finishes a cancelled task as cancelled with 499', async () => {
    const id = await order({ say: 'x' }, neverId);
    await tenant.call('DELETE', `/v1/task/${id}`);
    expect(await taskOf(id)).toMatchObject({ outcome: 'cancelled', status: 499 });
  });

  describe('a finished task also carries "result": {"status", "contentType", "body"}', () => {
    it.each([
      [
        'text',
        { say: 'Größe' },
        { status: 200, contentType: 'text/plain; charset=utf-8', body: 'Größe' },
      ],
      [
        'JSON',
        { json: { a: 1 } },
        { status: 200, contentType: 'application/json', body: '{"a":1}' },
      ],
      [
        'a status of its own',
        { response: { status: 404, contentType: 'text/csv', text: 'a,b' } },
        { status: 404, contentType: 'text/csv', body: 'a,b' },
      ],
    ])('of %s', async (_, what, result) => {
      expect((await finished(what))['result']).toEqual(result);
    });

    it('while the body is text of at most 64 KiB', async () => {
      const small = await finished({ response: { size: 64 * KIB } });
      expect(small['result']).toMatchObject({ body: 'x'.repeat(64 * KIB) });
      const large = await finished({ response: { size: 64 * KIB + 1 } });
      expect(large).not.toHaveProperty('result');
      expect(large['status']).toBe(200);
    });

    it('and not when it is no text', async () => {
      const bytes = { contentType: 'image/png', base64: 'iVBORw0KGgo=' };
      expect(await finished({ response: bytes })).not.toHaveProperty('result');
      const lying = { contentType: 'text/plain', base64: '/////w==' };
      expect(await finished({ response: lying })).not.toHaveProperty('result');
    });
  });

  describe('capabilities are the lambda’s at the moment of issue', () => {
    it('0 means no demand', async () => {
      expect(await finished({ say: 'x' })).toMatchObject({
        capabilities: { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false },
      });
    });

    it('networkLatency in ms, memSize in MiB, cpuCount in cores, and later changes change no task', async () => {
      const set = (demands: Record<string, unknown>) =>
        tenant.call('POST', `/v1/lambda/${changing}/capabilities`, { body: demands });
      const first = { cpuCount: 2, memSize: 256, networkLatency: 50, privileged: true };
      const changing = await tenant.createLambda('changing', await lambdaCode('obedient'), first);
      const id = await order({ say: 'x' }, changing);
      await set({ cpuCount: 1, privileged: true });
      const later = await order({ say: 'x' }, changing);
      expect((await taskOf(id))['capabilities']).toEqual(first);
      expect((await taskOf(later))['capabilities']).toEqual({
        cpuCount: 1,
        memSize: 0,
        networkLatency: 0,
        privileged: true,
      });
    });
  });

  describe('ETag from the version; If-None-Match gives 304', () => {
    let answer: Answer;
    let tag: string;
    let id: string;

    beforeAll(async () => {
      id = await order({ say: 'x' }, neverId);
      answer = await get(id);
      tag = String(answer.headers['etag']);
    });

    it('has one', () => {
      expect(tag).toMatch(/^(W\/)?"[^"]*1[^"]*"$/);
    });

    it.each([
      ['the tag', () => tag],
      ['the tag as a weak one', () => `W/${tag.replace(/^W\//, '')}`],
      ['a list with the tag', () => `"other", ${tag}`],
      ['*', () => '*'],
    ])('304 without a body for %s', async (_, value) => {
      const cached = await get(id, { 'if-none-match': value() });
      expect({ status: cached.status, text: cached.text }).toEqual({ status: 304, text: '' });
      expect(cached.headers['etag']).toBe(tag);
    });

    it('200 for another tag, and for the old one once the task has changed', async () => {
      expect((await get(id, { 'if-none-match': '"other"' })).status).toBe(200);
      await tenant.call('DELETE', `/v1/task/${id}`);
      const changed = await get(id, { 'if-none-match': tag });
      expect(changed.status).toBe(200);
      expect(changed.headers['etag']).not.toBe(tag);
    });
  });

  it('takes an id in upper case', async () => {
    const id = await order({ say: 'x' }, neverId);
    expect((await get(id.toUpperCase())).json()).toMatchObject({ id });
  });

  it('answers 404 TASK_NOT_FOUND for an id that nobody has, 400 INVALID_ID for what is none', async () => {
    expectProblem(await get(newId()), 404, 'TASK_NOT_FOUND');
    for (const wrong of ['1', 'x'.repeat(24), newId().slice(1), `${newId()}0`, '%00', 'a%2Fb']) {
      expectProblem(await get(wrong), 400, 'INVALID_ID');
    }
  });
});
