import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  startTestEdge,
  type TestAnswer,
  type TestEdge,
  type TestRequest,
} from '../testing/test-edge.ts';
import { zDemands, zLambda } from './routes/lambdas/lambda-schemas.ts';
import { zNode } from './routes/nodes/node-schemas.ts';

let edge: TestEdge;
let stranger: string;

beforeAll(async () => {
  edge = await startTestEdge();
  stranger = await edge.token({ userId: '5f0000000000000000000002' });
});
afterAll(() => edge.close());

const send = (method: string, target: string, request?: TestRequest) =>
  edge.send(method, target, request);

function expectProblem(answer: TestAnswer, status: number, code: string): void {
  expect(answer.json).toMatchObject({ status, code });
  expect(answer.status).toBe(status);
}

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
      const answer = await send(method, `/v1/lambda/${id}${rest}`, { ...request, token: stranger });
      expectProblem(answer, 404, 'LAMBDA_NOT_FOUND');
      expect(answer.text).not.toContain(id);
      expectProblem(await send(method, `/v1/lambda/nonsense${rest}`, request), 400, 'INVALID_ID');
    }
    expect((await send('GET', '/v1/lambda/list', { token: stranger })).json).toEqual([]);
  });
});

describe('the code of a lambda (2)', () => {
  const put = (id: string, body: string | Uint8Array<ArrayBuffer>, type = 'text/javascript') =>
    send('PUT', `/v1/lambda/${id}/code`, { body, headers: { 'content-type': type } });

  it('is uploaded with 204; each upload is a version of its own', async () => {
    const id = await newLambda();
    const versions = [];
    for (const code of ['export default 1', 'export default 2']) {
      const answer = await put(id, code);
      expect([answer.status, answer.text]).toEqual([204, '']);
      versions.push(answer.headers.get('gc-code-version'));
    }
    expect(new Set(versions).size).toBe(2);
    expect((await send('GET', `/v1/lambda/${id}`)).json).toMatchObject({
      codeVersion: versions[1],
    });
  });

  it('that does not parse is refused with its line', async () => {
    const answer = await put(await newLambda(), 'ok\nSYNTAX ERROR');
    expectProblem(answer, 422, 'VALIDATION_FAILED');
    expect(answer.json).toMatchObject({ errors: [{ detail: 'Unexpected identifier at line 2' }] });
  });

  it('may have 1 MiB and not more', async () => {
    const id = await newLambda();
    expect((await put(id, ' '.repeat(1024 * 1024))).status).toBe(204);
    expectProblem(await put(id, ' '.repeat(1024 * 1024 + 1)), 413, 'PAYLOAD_TOO_LARGE');
  });

  it('must be UTF-8 and must be there', async () => {
    const id = await newLambda();
    expectProblem(await put(id, new Uint8Array([0xff])), 422, 'VALIDATION_FAILED');
    expectProblem(await put(id, ''), 422, 'VALIDATION_FAILED');
  });

  it.each(['application/json', 'text/plain', 'text/javascript; charset=utf-16'])(
    'is not taken as %s',
    async (type) => {
      expectProblem(await put(await newLambda(), 'x', type), 415, 'UNSUPPORTED_MEDIA_TYPE');
    },
  );

  it('is taken under its older name too', async () => {
    expect((await put(await newLambda(), 'x', 'application/javascript;charset=UTF-8')).status).toBe(
      204,
    );
  });
});

describe('a node (3)', () => {
  const hash = '1a061cfd-df01-4b02-a067-5122c5941e15';

  it('is enrolled with 201 and its token, with or without a body', async () => {
    const answer = await send('POST', `/v1/node/${hash}`);
    expect([answer.status, answer.json]).toEqual([201, { token: `secret-of-${hash}` }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const again = await send('POST', `/v1/node/${hash}`, { body: { description: 'connected' } });
    expect(again.status).toBe(201);
  });

  it('is listed with what it declared', async () => {
    const unseen = '2a061cfd-df01-4b02-a067-5122c5941e15';
    await send('POST', `/v1/node/${unseen}`);
    const listed = z.array(zNode).parse((await send('GET', '/v1/node/list')).json);
    expect(listed).toEqual([
      {
        hash,
        description: 'connected',
        available: true,
        disabled: false,
        draining: false,
        running: 0,
        capabilities: {
          cpuCount: 4,
          memSize: 2_048,
          networkLatency: 5,
          privileged: false,
          slots: 2,
        },
        energy: { source: 'renewable', carbonIntensity: 12 },
        lastSeen: '1678087212',
      },
      expect.objectContaining({
        hash: unseen,
        capabilities: null,
        energy: { source: 'unknown', carbonIntensity: null },
        lastSeen: '',
      }),
    ]);
  });

  it('is disabled, restored and drained', async () => {
    const shown = async () =>
      ((await send('GET', '/v1/node/list')).json as { hash: string }[]).find(
        (one) => one.hash === hash,
      );
    expect((await send('DELETE', `/v1/node/${hash}`)).status).toBe(204);
    expect(await shown()).toMatchObject({ disabled: true });
    const restored = await send('PATCH', `/v1/node/${hash}`);
    expect([restored.status, restored.json]).toEqual([200, { hash, disabled: false }]);
    expect((await send('PATCH', `/v1/node/${hash}`, { body: {} })).status).toBe(200);
    expect((await send('POST', `/v1/node/${hash}/drain`)).status).toBe(204);
    expect(await shown()).toMatchObject({ disabled: false, draining: true });
  });

  it('of another tenant is not found, and its hash not free', async () => {
    for (const [method, rest] of [
      ['DELETE', ''],
      ['PATCH', ''],
      ['POST', '/drain'],
    ] as const) {
      const answer = await send(method, `/v1/node/${hash}${rest}`, { token: stranger });
      expectProblem(answer, 404, 'NODE_NOT_FOUND');
    }
    const taken = await send('POST', `/v1/node/${hash}`, { token: stranger });
    expectProblem(taken, 409, 'NODE_ALREADY_ENROLLED');
  });

  it('has a UUID for its hash', async () => {
    expectProblem(await send('POST', '/v1/node/my-laptop'), 400, 'INVALID_ID');
  });

  it('is refused with unknown members', async () => {
    const answer = await send('POST', `/v1/node/${hash}`, { body: { name: 'x' } });
    expectProblem(answer, 422, 'VALIDATION_FAILED');
  });
});

describe('the metrics (3)', () => {
  it('are the numbers of tasks and nodes', async () => {
    expect((await send('GET', '/v1/metrics')).json).toEqual({
      pendingTasks: 0,
      runningTasks: 0,
      activeNodes: 3,
      freeNodes: 2,
      busyNodes: 1,
      todayTasks: 0,
      completedTasks: 0,
    });
  });
});
