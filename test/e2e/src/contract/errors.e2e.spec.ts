import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestProcess } from '@greencloud/testing';
import type { Answer, RestClient } from '../client.ts';
import { impossible, lambdaCode } from '../lambda-code.ts';
import { startReplica } from '../own-processes.ts';
import { expectProblem, pointersOf, problemOf } from '../problem.ts';
import { relayTo } from '../relay.ts';
import { newId, type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();
const json = { 'content-type': 'application/json' };

describe('4: Errors', () => {
  let tenant: Tenant;
  let lambdaId: string;

  beforeAll(async () => {
    tenant = await stack().tenant();
    lambdaId = await tenant.createLambda('never', await lambdaCode('echo'), impossible);
  });

  const create = (body: unknown) => tenant.call('POST', '/v1/task', { body });
  const raw = (text: string | Buffer, headers: Record<string, string> = json) =>
    tenant.call('POST', '/v1/task', { raw: text, headers });

  describe('every non-2xx body is application/problem+json', () => {
    it('with type, title, status, detail, instance, code, requestId', async () => {
      const answer = await tenant.call('GET', `/v1/task/${newId()}`);
      const { requestId, ...rest } = problemOf(answer);
      expect(Object.keys(rest).toSorted()).toEqual(
        ['code', 'detail', 'errors', 'instance', 'status', 'title', 'type'].toSorted(),
      );
      expect(answer.headers['x-request-id']).toBe(requestId);
    });

    it('with a requestId that differs each time, or is the caller’s own', async () => {
      const ask = (headers: Record<string, string> = {}) =>
        tenant.call('GET', `/v1/task/${newId()}`, { headers });
      const ids = [problemOf(await ask()).requestId, problemOf(await ask()).requestId];
      expect(new Set(ids).size).toBe(2);
      const own = await ask({ 'x-request-id': 'mine-1' });
      expect(problemOf(own).requestId).toBe('mine-1');
      const bad = await ask({ 'x-request-id': '<script>' });
      expect(problemOf(bad).requestId).not.toContain('script');
    });

    it('with errors: [{pointer, detail}] for each wrong member, all at once', async () => {
      const answer = await create({ lambdaId: 7, timeout: 9, inlinePayload: 7, extra: 1 });
      expectProblem(answer, 422, 'VALIDATION_FAILED');
      expect(pointersOf(answer)).toEqual(['/extra', '/inlinePayload', '/lambdaId', '/timeout']);
      for (const error of problemOf(answer).errors ?? []) {
        expect(error).toEqual({ pointer: error.pointer, detail: expect.stringMatching(/\S/) });
      }
    });

    it('with pointers into what is nested', async () => {
      const body = { name: 'x', lang: 'js', type: 'module', tag: ['ok', 'ö'] };
      const answer = await tenant.call('POST', '/v1/lambda', { body });
      expect(pointersOf(answer)).toEqual(['/tag/1']);
    });
  });

  describe('400', () => {
    it.each([
      ['an empty body', ''],
      ['half an object', '{"lambdaId": '],
      ['a trailing comma', '{"timeout": 10,}'],
      ['single quotes', "{'timeout': 10}"],
      ['two values', '{} {}'],
      ['NaN', '{"timeout": NaN}'],
      ['a byte that is no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
      ['depth without end', '['.repeat(100_000)],
    ])('MALFORMED_JSON: %s', async (_, text) => {
      expectProblem(await raw(text), 400, 'MALFORMED_JSON');
    });

    it('INVALID_ID: what cannot be an id', async () => {
      for (const path of ['/v1/task/x', '/v1/lambda/x', `/v1/task/${newId()}0/history`]) {
        expectProblem(await tenant.call('GET', path), 400, 'INVALID_ID');
      }
    });

    it('INVALID_CURSOR: what no list gave', async () => {
      for (const list of ['task', 'lambda']) {
        const answer = await tenant.call('GET', `/v1/${list}/list?cursor=zzz`);
        expectProblem(answer, 400, 'INVALID_CURSOR');
      }
    });

    it.each(['/v1/metrics?x=1', '/v1/node/list?limit=1', '/v1/task/list?limit=1&limit=2'])(
      'INVALID_PARAMETER: %s',
      async (path) => {
        expectProblem(await tenant.call('GET', path), 400, 'INVALID_PARAMETER');
      },
    );
  });

  it.each(['', 'nonsense', 'Bearer x.y.z', 'Basic dXNlcjpwdw=='])(
    '401 NEEDS_LOGIN with WWW-Authenticate: Bearer … for "%s"',
    async (token) => {
      const answer = await stack().client(token).call('GET', '/v1/task/list');
      expectProblem(answer, 401, 'NEEDS_LOGIN');
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer( |$)/);
    },
  );

  it('403 FORBIDDEN: the token is good, its scope is not', async () => {
    const reader = await stack().tenant({ scope: 'task:read' });
    const answer = await reader.call('POST', '/v1/task', { body: { lambdaId, timeout: 10 } });
    expectProblem(answer, 403, 'FORBIDDEN');
  });

  describe('404', () => {
    it.each([
      '/',
      '/v1',
      '/v2/task',
      '/v1/tasks',
      '/v1/task/',
      '/v1/Task/list',
      '/v1/lambda/list/x',
      '/..',
      '/v1//task/list',
    ])('ROUTE_NOT_FOUND: %s', async (path) => {
      expectProblem(await tenant.call('GET', path), 404, 'ROUTE_NOT_FOUND');
    });

    it('a foreign id answers exactly like a missing one', async () => {
      const stranger = await stack().tenant();
      const task = await tenant.issue(lambdaId, '');
      const asks: [string, string, string][] = [
        ['GET', '/v1/task/ID', task],
        ['GET', '/v1/task/ID/result', task],
        ['GET', '/v1/task/ID/history', task],
        ['GET', '/v1/task/ID/watch', task],
        ['DELETE', '/v1/task/ID', task],
        ['GET', '/v1/lambda/ID', lambdaId],
        ['DELETE', '/v1/lambda/ID', lambdaId],
      ];
      for (const [method, path, id] of asks) {
        const foreign = await stranger.call(method, path.replace('ID', id));
        const missing = await stranger.call(method, path.replace('ID', newId()));
        expect(foreign.status).toBe(404);
        expect(withoutRequestId(foreign)).toEqual(withoutRequestId(missing));
      }
    });
  });

  describe('405 METHOD_NOT_ALLOWED with Allow', () => {
    it.each([
      ['PUT', '/v1/task', 'POST'],
      ['GET', '/v1/task', 'POST'],
      ['POST', '/v1/task/list', 'GET'],
      ['DELETE', '/v1/task/list', 'GET'],
      ['PATCH', `/v1/task/${newId()}`, 'GET'],
      ['POST', `/v1/task/${newId()}/result`, 'GET'],
      ['PUT', `/v1/lambda/${newId()}`, 'PATCH'],
      ['GET', `/v1/lambda/${newId()}/code`, 'PUT'],
      ['DELETE', '/v1/metrics', 'GET'],
    ])('%s %s', async (method, path, allowed) => {
      const answer = await tenant.call(method, path);
      expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
      const allow = String(answer.headers['allow']).split(', ');
      expect(allow).toContain(allowed);
      expect(allow).not.toContain(method);
    });
  });

  it.each(['text/html', 'application/xml', 'image/*', 'application/json;q=0'])(
    '406 NOT_ACCEPTABLE for Accept: %s',
    async (accept) => {
      const answer = await tenant.call('GET', '/v1/task/list', { headers: { accept } });
      expectProblem(answer, 406, 'NOT_ACCEPTABLE');
    },
  );

  it.each(['*/*', 'application/*', 'text/html, application/json;q=0.1', 'application/json'])(
    'and none for Accept: %s',
    async (accept) => {
      const answer = await tenant.call('GET', '/v1/task/list', { headers: { accept } });
      expect(answer.status).toBe(200);
    },
  );

  it('413 PAYLOAD_TOO_LARGE: a body past every limit', async () => {
    expectProblem(await raw(`"${'x'.repeat(3 * 1_024 * 1_024)}"`), 413, 'PAYLOAD_TOO_LARGE');
  });

  it.each<[string, Record<string, string>]>([
    ['no content type', {}],
    ['XML', { 'content-type': 'application/xml' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['another charset', { 'content-type': 'application/json; charset=latin1' }],
    ['a compressed body', { ...json, 'content-encoding': 'gzip' }],
  ])('415 UNSUPPORTED_MEDIA_TYPE: %s', async (_, headers) => {
    expectProblem(await raw('{}', headers), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  describe('503 with Retry-After', () => {
    let edge: TestProcess;
    let client: RestClient;

    beforeAll(async () => {
      // A scheduler that goes away, and room for one watch.
      const relay = await relayTo(stack().known.grpc['scheduler'] ?? '');
      const env = { GC_SCHEDULER_ADDRESS: relay.address, GC_MAX_STREAMS: '1' };
      edge = await startReplica(stack(), 'edge', env);
      await relay.cut();
      client = stack().client(tenant.token, edge.ready.http);
    }, 60_000);
    afterAll(() => edge?.stop());

    it('UNAVAILABLE where a part is away, and only there', async () => {
      const answer = await client.call('POST', `/v1/node/${crypto.randomUUID()}`);
      expectProblem(answer, 503, 'UNAVAILABLE');
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      expect((await client.call('GET', '/v1/task/list')).status).toBe(200);
    });

    it('OVERLOADED where there is too much to do', async () => {
      const id = await tenant.issue(lambdaId, '');
      const held = await client.watch(id);
      expect(held.status).toBe(200);
      const answer = await client.call('GET', `/v1/task/${id}/result?wait=60`);
      expectProblem(answer, 503, 'OVERLOADED');
      expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      held.cancel();
    });

    it('names no host, no port and no stack trace', async () => {
      const { text } = await client.call('POST', `/v1/node/${crypto.randomUUID()}`);
      expect(text).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|\.ts:\d|node_modules|at \w+ \(/);
    });
  });
});

/** What is left is the same for every id: the id, the clock and the count of requests are not. */
function withoutRequestId(answer: Answer) {
  const { 'x-request-id': _, date: __, ratelimit: ___, ...headers } = answer.headers;
  return { ...answer.json<object>(), requestId: '', headers };
}
