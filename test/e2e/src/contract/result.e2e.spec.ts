import { eventually } from '@greencloud/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { impossible, lambdaCode, type Order } from '../lambda-code.ts';
import { expectProblem, pointersOf } from '../problem.ts';
import { newId, type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();
const MIB = 1_024 * 1_024;

describe('1.4: Result', () => {
  let tenant: Tenant;
  let lambdaId: string;
  let neverId: string;

  beforeAll(async () => {
    tenant = await stack().tenant();
    lambdaId = await tenant.createLambda('obedient', await lambdaCode('obedient'));
    neverId = await tenant.createLambda('never', await lambdaCode('obedient'), impossible);
  });

  const order = (what: Order) => tenant.issue(lambdaId, JSON.stringify(what));
  const result = async (what: Order) => tenant.result(await order(what));
  const resultOf = (id: string, query = '', headers: Record<string, string> = {}) =>
    tenant.call('GET', `/v1/task/${id}/result${query}`, { headers });
  const waiting = () => tenant.issue(neverId, '');

  describe('answers what the lambda answered', () => {
    it.each([200, 201, 202, 299, 400, 404, 418, 500, 503])('its status: %d', async (status) => {
      const answer = await result({ response: { status, text: 'said' } });
      expect({ status: answer.status, text: answer.text }).toEqual({ status, text: 'said' });
    });

    it.each(['text/csv; charset=utf-8', 'image/png', 'application/vnd.x+json', 'text/html'])(
      'its content type: %s',
      async (contentType) => {
        const answer = await result({ response: { contentType, text: 'x' } });
        expect(answer.headers['content-type']).toBe(contentType);
      },
    );

    it('its bytes', async () => {
      const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      const response = { contentType: 'application/octet-stream', base64: all.toString('base64') };
      expect((await result({ response })).bytes).toEqual(all);
    });

    it('at most 1 MiB of them', async () => {
      const most = await result({ response: { size: MIB } });
      expect(most.text).toBe('x'.repeat(MIB));
      expectProblem(await result({ response: { size: MIB + 1 } }), 500, 'TASK_FAILED');
    });

    it('text for a string, JSON for a value', async () => {
      const text = await result({ say: 'hello' });
      expect(text.headers['content-type']).toMatch(/^text\/plain/);
      expect(text.text).toBe('hello');
      const json = await result({ json: { a: [1] } });
      expect(json.headers['content-type']).toMatch(/^application\/json/);
      expect(json.json()).toEqual({ a: [1] });
    });

    it('with GC-Task-Outcome', async () => {
      expect((await result({ say: 'x' })).headers['gc-task-outcome']).toBe('succeeded');
    });

    it('the same, however often it is asked', async () => {
      const id = await order({ say: 'again' });
      const answers = [await tenant.result(id), await resultOf(id), await resultOf(id)];
      expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['again']));
    });
  });

  describe('a task that did not succeed answers a problem', () => {
    it('500 TASK_FAILED, with the message of what was thrown', async () => {
      const answer = await result({ throw: 'the mill stands still' });
      const problem = expectProblem(answer, 500, 'TASK_FAILED');
      expect(problem.detail).toContain('the mill stands still');
      expect(answer.headers['gc-task-outcome']).toBe('failed');
    });

    it('500 TASK_FAILED, whatever characters were thrown', async () => {
      const problem = expectProblem(await result({ throw: 'a\0b' }), 500, 'TASK_FAILED');
      expect(problem.detail).toContain('a\u{fffd}b');
    });

    it('410 TASK_CANCELLED', async () => {
      const id = await waiting();
      await tenant.call('DELETE', `/v1/task/${id}`);
      const answer = await resultOf(id);
      expectProblem(answer, 410, 'TASK_CANCELLED');
      expect(answer.headers['gc-task-outcome']).toBe('cancelled');
    });
  });

  describe('each answer that tells an end has the ETag of GET', () => {
    const tagOf = async (id: string) =>
      (await tenant.call('GET', `/v1/task/${id}`)).headers['etag'];

    it.each<[string, Order]>([
      ['succeeded', { say: 'x' }],
      ['failed', { throw: 'no' }],
    ])('%s, waited for and not', async (_, what) => {
      const id = await order(what);
      const tags = [await tenant.result(id), await resultOf(id)].map(({ headers }) => headers);
      expect(tags.map(({ etag }) => etag)).toEqual([await tagOf(id), await tagOf(id)]);
      expect(await tagOf(id)).toMatch(/^"\d+"$/);
    });

    it('cancelled', async () => {
      const id = await waiting();
      await tenant.call('DELETE', `/v1/task/${id}`);
      expect((await resultOf(id)).headers['etag']).toBe('"2"');
    });

    it('and none where it is not finished', async () => {
      expect((await resultOf(await waiting())).headers).not.toHaveProperty('etag');
    });
  });

  describe('not finished', () => {
    it('404 RESULT_NOT_READY with Retry-After', async () => {
      const answer = await resultOf(await waiting());
      expectProblem(answer, 404, 'RESULT_NOT_READY');
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    });

    it('404 RESULT_NOT_READY while it runs, too', async () => {
      const id = await order({ progress: 1, sleepMs: 25_000 });
      await eventually(async () => expect((await tenant.task(id)).state).toBe('running'));
      expectProblem(await resultOf(id), 404, 'RESULT_NOT_READY');
      await tenant.call('DELETE', `/v1/task/${id}`);
    });

    it.each([
      ['?wait=N', '?wait=30', {}],
      ['Prefer: wait=N', '', { prefer: 'wait=30' }],
      ['Prefer: wait=N among other preferences', '', { prefer: 'respond-async, wait=30' }],
    ])('with %s it answers the moment the task finishes', async (_, query, headers) => {
      const id = await order({ sleepMs: 700, say: 'at last' });
      const begun = performance.now();
      const answer = await resultOf(id, query, headers);
      expect({ status: answer.status, text: answer.text }).toEqual({
        status: 200,
        text: 'at last',
      });
      const tookMs = performance.now() - begun;
      expect(tookMs).toBeGreaterThan(400);
      expect(tookMs).toBeLessThan(5_000);
    });

    it.each([
      ['?wait=N', '?wait=1', {}],
      ['Prefer: wait=N', '', { prefer: 'wait=1' }],
    ])('with %s it answers 404 after N seconds', async (_, query, headers) => {
      const id = await waiting();
      const begun = performance.now();
      const answer = await resultOf(id, query, headers);
      const tookMs = performance.now() - begun;
      expectProblem(answer, 404, 'RESULT_NOT_READY');
      expect(tookMs).toBeGreaterThanOrEqual(950);
      expect(tookMs).toBeLessThan(5_000);
    });

    it('a cancel ends the wait', async () => {
      const id = await waiting();
      const wait = resultOf(id, '?wait=60');
      await tenant.call('DELETE', `/v1/task/${id}`);
      expectProblem(await wait, 410, 'TASK_CANCELLED');
    });

    it.each(['0', '61', '-1', '1.5', 'x', ''])('refuses wait=%s', async (wait) => {
      const answer = await resultOf(await waiting(), `?wait=${wait}`);
      expectProblem(answer, 400, 'INVALID_PARAMETER');
      expect(pointersOf(answer)).toEqual(['/wait']);
    });

    it('takes wait=60, and says which preference it applied', async () => {
      const id = await order({ say: 'x' });
      expect((await resultOf(id, '?wait=60')).status).toBe(200);
      const preferred = await resultOf(await order({ say: 'x' }), '', { prefer: 'wait=60' });
      expect(preferred.headers['preference-applied']).toBe('wait=60');
    });
  });

  it('404 TASK_NOT_FOUND for a task that nobody has, at once and with wait', async () => {
    expectProblem(await resultOf(newId()), 404, 'TASK_NOT_FOUND');
    expectProblem(await resultOf(newId(), '?wait=60'), 404, 'TASK_NOT_FOUND');
  });
});
