import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import type { TestRequest } from '../testing/test-edge.ts';
import { createTokenMint } from '../testing/token-mint.ts';
import { useTestEdge } from '../testing/use-test-edge.ts';
import { routes } from './routes/routes.ts';

const edge = useTestEdge({ GC_CORS_ORIGINS: 'https://page.test' });

const send = (method: string, target: string, request?: TestRequest) =>
  edge().send(method, target, request);

const someId = '63f47d1c5bd6eeef8211c83e';
const nodeHash = '1a061cfd-df01-4b02-a067-5122c5941e15';
const concrete = (path: string) =>
  path.replace('{taskId}', someId).replace('{lambdaId}', someId).replace('{hash}', nodeHash);
const doors = routes.map((route) => ({ ...route, door: `${route.method} ${route.path}` }));

describe('every route', () => {
  it.each(doors)('$door needs a token', async ({ method, path }) => {
    const answer = await send(method.toUpperCase(), concrete(path), { token: 'none' });
    expectProblem(answer, 401, 'NEEDS_LOGIN');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="greencloud"');
  });

  it.each(doors)('$door needs a good token', async ({ method, path }) => {
    const token = await (await createTokenMint('test')).token();
    const answer = await send(method.toUpperCase(), concrete(path), { token });
    expectProblem(answer, 401, 'NEEDS_LOGIN');
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it.each(doors)('$door needs its scope', async ({ method, path, scope }) => {
    const [kind] = scope.split(':');
    const others = ['task', 'lambda', 'node']
      .filter((one) => one !== kind)
      .map((one) => `${one}:*`);
    const without = await edge().token({ scope: others.join(' ') });
    const answer = await send(method.toUpperCase(), concrete(path), { token: without });
    expectProblem(answer, 403, 'FORBIDDEN');
    expect(answer.headers.get('www-authenticate')).toContain('insufficient_scope');
    const enough = await edge().token({ scope: [`${kind}:*`] });
    const allowed = await send(method.toUpperCase(), concrete(path), { token: enough });
    expect([401, 403]).not.toContain(allowed.status);
  });

  it.each(doors.filter(({ answers }) => answers[0]?.content.kind === 'json'))(
    '$door gives JSON or nothing',
    async ({ method, path }) => {
      const headers = { accept: 'text/html, image/*' };
      const answer = await send(method.toUpperCase(), concrete(path), { headers });
      expectProblem(answer, 406, 'NOT_ACCEPTABLE');
    },
  );

  it.each(doors.filter(({ body }) => body !== undefined))(
    '$door takes its media type only',
    async ({ method, path }) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await send(method.toUpperCase(), concrete(path), { headers, body: 'a=b' });
      expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
    },
  );

  it.each(doors)('$door refuses parameters it does not know', async ({ method, path }) => {
    const answer = await send(method.toUpperCase(), `${concrete(path)}?nonsense=1`);
    expectProblem(answer, 400, 'INVALID_PARAMETER');
    expect(answer.json).toMatchObject({ errors: [{ pointer: '/nonsense' }] });
  });
});

describe('scopes', () => {
  it.each([
    ['task:read', 'GET', 404],
    ['task:read', 'DELETE', 403],
    ['task:write', 'GET', 403],
    ['task:write', 'DELETE', 404],
    ['', 'GET', 403],
  ])('%j: %s of a task gives %i', async (scope, method, status) => {
    const token = await edge().token({ scope });
    expect((await send(method, `/v1/task/${someId}`, { token })).status).toBe(status);
  });
});

describe('a problem', () => {
  it('has every member, and a request id that the header repeats', async () => {
    const answer = await send('GET', `/v1/task/${someId}`);
    expect(Object.keys(answer.json as object)).toEqual([
      'type',
      'title',
      'status',
      'detail',
      'instance',
      'code',
      'requestId',
      'errors',
    ]);
    expect(answer.json).toMatchObject({ requestId: answer.headers.get('x-request-id') });
  });

  it('keeps the id that the caller gave, on success too', async () => {
    const headers = { 'x-request-id': 'my-id.1' };
    expect((await send('GET', '/nothing', { headers })).json).toMatchObject({
      requestId: 'my-id.1',
    });
    const answer = await send('GET', '/v1/node/list', { headers });
    expect(answer.headers.get('x-request-id')).toBe('my-id.1');
  });

  it('carries the security headers', async () => {
    const { headers } = await send('GET', '/nothing');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none';frame-ancestors 'none';sandbox",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('strict-transport-security')).toContain('max-age');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('what there is not', () => {
  it.each([
    '/',
    '/v1',
    '/v1/task/',
    '/v2/task',
    '/v1/tasks',
    '/V1/task',
    `/v1/task/${someId}/nothing`,
    '/v1//task',
    '/v1/task/list/',
  ])('%s is ROUTE_NOT_FOUND, with or without a token', async (target) => {
    expectProblem(await send('GET', target), 404, 'ROUTE_NOT_FOUND');
    expectProblem(await send('POST', target, { token: 'none' }), 404, 'ROUTE_NOT_FOUND');
  });

  it.each([
    ['GET', '/v1/task', 'OPTIONS, POST'],
    ['PUT', `/v1/task/${someId}`, 'DELETE, GET, HEAD, OPTIONS'],
    ['DELETE', '/v1/task/list', 'GET, HEAD, OPTIONS'],
    ['POST', '/v1/task/list', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/v1/lambda/list', 'GET, HEAD, OPTIONS'],
    ['POST', '/v1/node/list', 'GET, HEAD, OPTIONS'],
    ['GET', `/v1/node/${nodeHash}`, 'DELETE, OPTIONS, PATCH, POST'],
    ['POST', '/v1/metrics', 'GET, HEAD, OPTIONS'],
    ['PROPFIND', '/v1/task', 'OPTIONS, POST'],
  ])('%s %s is METHOD_NOT_ALLOWED', async (method, target, allow) => {
    const answer = await send(method, target);
    expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe(allow);
    expect(answer.json).toMatchObject({ detail: `The route takes ${allow} and not ${method}` });
  });

  it('OPTIONS tells the methods without a token', async () => {
    const answer = await send('OPTIONS', `/v1/task/${someId}`, { token: 'none' });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, OPTIONS');
    expectProblem(await send('OPTIONS', '/nothing'), 404, 'ROUTE_NOT_FOUND');
  });
});

describe('a body', () => {
  const json = { 'content-type': 'application/json' };
  const post = (body: string | Uint8Array<ArrayBuffer>, headers = {}) =>
    send('POST', '/v1/task', { body, headers: { ...json, ...headers } });

  it.each<[string, string]>([
    ['{"lambdaId": ', 'line 1, column 14'],
    ['{"a": 1,\n}', 'line 2, column 1'],
    ['lambdaId=x', 'line 1, column 1'],
  ])('%j is MALFORMED_JSON with its place', async (body, place) => {
    const answer = await post(body);
    expectProblem(answer, 400, 'MALFORMED_JSON');
    expect(answer.json).toMatchObject({ detail: expect.stringContaining(place) });
    expect(answer.json).toMatchObject({ errors: [{ pointer: '' }] });
  });

  it('that is empty, not UTF-8 or too deep is MALFORMED_JSON', async () => {
    for (const body of ['', new Uint8Array([0x22, 0xc3, 0x28, 0x22]), '['.repeat(100_000)]) {
      expectProblem(await post(body), 400, 'MALFORMED_JSON');
    }
    const deep = `{"inlinePayload":${'['.repeat(100)}${']'.repeat(100)}}`;
    expectProblem(await post(deep), 400, 'MALFORMED_JSON');
  });

  it('with __proto__ names it as an unknown member', async () => {
    const answer = await post('{"__proto__": {"timeout": 10}, "constructor": 1}');
    expectProblem(answer, 422, 'VALIDATION_FAILED');
    const { errors } = answer.json as { errors: { pointer: string }[] };
    const pointers = errors.map(({ pointer }) => pointer);
    expect(pointers).toEqual(['/lambdaId', '/timeout', '/__proto__', '/constructor']);
  });

  it('that is compressed or in another charset is not taken', async () => {
    expectProblem(await post('{}', { 'content-encoding': 'gzip' }), 415, 'UNSUPPORTED_MEDIA_TYPE');
    const type = { 'content-type': 'application/json; charset=latin1' };
    expectProblem(await post('{}', type), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('may be any JSON at all: the answer is one of the documented ones', async () => {
    const members = fc.record(
      {
        lambdaId: fc.oneof(fc.constant(someId), fc.anything()),
        timeout: fc.oneof(fc.integer({ min: 10, max: 120 }), fc.anything()),
        inlinePayload: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.anything()),
        other: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const bodies = fc.oneof(members, fc.jsonValue()).map((value) => jsonOf(value));
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        // 404: no lambda has that id here.
        expect([400, 404, 422]).toContain((await post(body)).status);
      }),
      { numRuns: 300 },
    );
  });

  it('with 5,000 unknown members gets a short answer', async () => {
    const members = Array.from({ length: 5_000 }, (_, i) => `"k${i}":1`);
    const answer = await post(`{${members.join()}}`);
    expectProblem(answer, 422, 'VALIDATION_FAILED');
    expect(answer.text.length).toBeLessThan(10_000);
  });
});

describe('another origin', () => {
  it('may read answers when it is listed, and only then', async () => {
    const of = async (origin: string) =>
      (await send('GET', '/v1/node/list', { headers: { origin } })).headers.get(
        'access-control-allow-origin',
      );
    expect(await of('https://page.test')).toBe('https://page.test');
    expect(await of('https://evil.test')).toBeNull();
  });

  it('may ask before, without a token', async () => {
    const headers = { origin: 'https://page.test', 'access-control-request-method': 'POST' };
    const answer = await send('OPTIONS', '/v1/task', { headers, token: 'none' });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
  });
});

/** `anything` holds what JSON cannot say. */
function jsonOf(value: unknown): string {
  const sayable = (_: string, member: unknown) =>
    typeof member === 'bigint' ? member.toString() : member;
  return JSON.stringify(value, sayable) ?? 'null';
}
