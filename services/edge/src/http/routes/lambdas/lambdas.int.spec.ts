import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expectProblem } from '../../../testing/expect-problem.ts';
import type { TestRequest } from '../../../testing/test-edge.ts';
import { useTestEdge } from '../../../testing/use-test-edge.ts';
import { zDemands, zLambda } from './lambda-schemas.ts';

const edge = useTestEdge();
const send = (method: string, target: string, request?: TestRequest) =>
  edge().send(method, target, request);
const stranger = () => edge().token({ userId: '5f0000000000000000000002' });

const good = { name: 'hello', lang: 'js', type: 'module' };

async function newLambda(change: object = {}): Promise<string> {
  const answer = await send('POST', '/v1/lambda', { body: { ...good, ...change } });
  expect(answer.status).toBe(201);
  return (answer.json as { id: string }).id;
}

describe('a lambda (2)', () => {
  it('is made with 201, its id and its place', async () => {
    const answer = await send('POST', '/v1/lambda', {
      body: { ...good, description: 'Says hello', tag: ['a', 'b'], scmUrl: 'https://x.test/r' },
    });
    const { id } = answer.json as { id: string };
    expect(answer.headers.get('location')).toBe(`/v1/lambda/${id}`);
    expect(zLambda.parse((await send('GET', `/v1/lambda/${id}`)).json)).toEqual({
      id,
      ...good,
      description: 'Says hello',
      tag: ['a', 'b'],
      scmUrl: 'https://x.test/r',
      paused: false,
      codeVersion: '',
      capabilities: {},
      created: expect.stringMatching(/^\d{10}$/),
      updated: expect.stringMatching(/^\d{10}$/),
    });
  });

  it('is refused with each wrong member', async () => {
    const body = { name: 'a b', lang: 'perl', kind: 'module' };
    const answer = await send('POST', '/v1/lambda', { body });
    expectProblem(answer, 422, 'VALIDATION_FAILED');
    expect(answer.json).toMatchObject({
      errors: [
        { pointer: '/name' },
        { pointer: '/lang' },
        { pointer: '/type' },
        { pointer: '/kind' },
      ],
    });
  });

  it('is listed by tag, page by page', async () => {
    const ids = [];
    for (let n = 0; n < 3; n += 1) ids.push(await newLambda({ tag: ['paged'] }));
    await newLambda({ tag: ['other'] });
    const first = await send('GET', '/v1/lambda/list?tag=paged&limit=2');
    const link = first.headers.get('link') ?? '';
    const second = await send('GET', link.slice(1, link.indexOf('>')));
    const listed = [...z.array(zLambda).parse(first.json), ...z.array(zLambda).parse(second.json)];
    expect(listed.map(({ id }) => id)).toEqual(ids);
    expect(second.headers.get('link')).toBeNull();
  });

  it('is changed in the members given, and in no others', async () => {
    const id = await newLambda({ description: 'old', tag: ['x'] });
    const answer = await send('PATCH', `/v1/lambda/${id}`, { body: { description: 'new' } });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ description: 'new', tag: ['x'], name: 'hello' });
    const emptied = await send('PATCH', `/v1/lambda/${id}`, { body: { tag: [], description: '' } });
    expect(emptied.json).toMatchObject({ description: '', tag: [] });
    const wrong = await send('PATCH', `/v1/lambda/${id}`, { body: { lang: 'go' } });
    expectProblem(wrong, 422, 'VALIDATION_FAILED');
  });

  it('is deleted with 204, and then not found', async () => {
    const id = await newLambda();
    expect((await send('DELETE', `/v1/lambda/${id}`)).status).toBe(204);
    expectProblem(await send('GET', `/v1/lambda/${id}`), 404, 'LAMBDA_NOT_FOUND');
    expectProblem(await send('DELETE', `/v1/lambda/${id}`), 404, 'LAMBDA_NOT_FOUND');
  });

  it('has capabilities that are set as a whole', async () => {
    const target = `/v1/lambda/${await newLambda()}/capabilities`;
    expect((await send('GET', target)).json).toEqual({});
    const body = { timeout: 20, cpuCount: 0, memSize: 512, networkLatency: 50, privileged: false };
    const set = await send('POST', target, { body });
    expect([set.status, zDemands.parse(set.json)]).toEqual([200, body]);
    expect((await send('GET', target)).json).toEqual(body);
    await send('POST', target, { body: { cpuCount: 2 } });
    expect((await send('GET', target)).json).toEqual({ cpuCount: 2 });
    const wrong = await send('POST', target, { body: { timeout: 9, cpuCount: 5, gpu: 1 } });
    expectProblem(wrong, 422, 'VALIDATION_FAILED');
  });

  it('is paused and goes on', async () => {
    const id = await newLambda();
    for (const paused of [true, false]) {
      const answer = await send('POST', `/v1/lambda/${id}/togglePause`);
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect((await send('GET', `/v1/lambda/${id}`)).json).toMatchObject({ paused });
    }
  });

  it('of another tenant is not found, by any route', async () => {
    const id = await newLambda();
    const routes: [string, string, TestRequest][] = [
      ['GET', '', {}],
      ['PATCH', '', { body: { name: 'mine' } }],
      ['DELETE', '', {}],
      ['GET', '/capabilities', {}],
      ['POST', '/capabilities', { body: {} }],
      ['PUT', '/code', { body: '1', headers: { 'content-type': 'text/javascript' } }],
      ['POST', '/togglePause', {}],
    ];
    for (const [method, rest, request] of routes) {
      const answer = await send(method, `/v1/lambda/${id}${rest}`, {
        ...request,
        token: await stranger(),
      });
      expectProblem(answer, 404, 'LAMBDA_NOT_FOUND');
      expect(answer.text).not.toContain(id);
      expectProblem(await send(method, `/v1/lambda/nonsense${rest}`, request), 400, 'INVALID_ID');
    }
    expect((await send('GET', '/v1/lambda/list', { token: await stranger() })).json).toEqual([]);
  });
});
