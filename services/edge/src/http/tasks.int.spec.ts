import { DomainError } from '@greencloud/domain';
import { eventually } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeNode } from '../grpc/testing/fake-backends.ts';
import { startTestEdge, type TestAnswer, type TestEdge } from '../testing/test-edge.ts';
import { zTaskEvent } from './routes/tasks/task-event-schemas.ts';
import { zTask, zTaskList } from './routes/tasks/task-schemas.ts';

let edge: TestEdge;
let lambdaId: string;
let stranger: string;

beforeAll(async () => {
  edge = await startTestEdge();
  lambdaId = await runnableLambda();
  stranger = await edge.token({ userId: '5f0000000000000000000002' });
});
afterAll(() => edge.close());

async function runnableLambda(): Promise<string> {
  const body = { name: 'hello', lang: 'js', type: 'module' };
  const { json } = await edge.send('POST', '/v1/lambda', { body });
  const { id } = json as { id: string };
  const headers = { 'content-type': 'text/javascript' };
  await edge.send('PUT', `/v1/lambda/${id}/code`, { body: 'export default () => 1', headers });
  return id;
}

function post(body: object, headers = {}): Promise<TestAnswer> {
  return edge.send('POST', '/v1/task', { body: { lambdaId, timeout: 10, ...body }, headers });
}

async function newTask(body: object = {}): Promise<string> {
  const answer = await post(body);
  expect(answer.status).toBe(201);
  return (answer.json as { id: string }).id;
}

const get = (id: string, rest = '') => edge.send('GET', `/v1/task/${id}${rest}`);
const payloadOf = (id: string) => edge.backends.log.tasks.get(id)?.payload;

function expectProblem(answer: TestAnswer, status: number, code: string): void {
  expect(answer.json).toMatchObject({ status, code });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
}

describe('create (1.1)', () => {
  it('answers 201 with nothing but the id, and its place', async () => {
    const answer = await post({ inlinePayload: 'x' });
    const { id } = answer.json as { id: string };
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({ id: expect.stringMatching(/^[0-9a-f]{24}$/) });
    expect(answer.headers.get('location')).toBe(`/v1/task/${id}`);
    expect(answer.headers.get('idempotent-replayed')).toBeNull();
  });

  it.each<[string | object, string, string]>([
    ['{"a": 1}', 'application/json', '{"a": 1}'],
    ['{lambda: 1, not json}', 'text/plain', '{lambda: 1, not json}'],
    ['\u0000\u0001"\\ž', 'text/plain', '\u0000\u0001"\\ž'],
    [{ a: [1] }, 'application/json', '{"a":[1]}'],
    [[1, 2], 'application/json', '[1,2]'],
  ])('hands the payload %j over as %s, byte for byte', async (inlinePayload, contentType, body) => {
    const payload = payloadOf(await newTask({ inlinePayload }));
    expect(payload).toMatchObject({ contentType });
    expect(Buffer.from(payload?.body ?? []).toString()).toBe(body);
  });

  it('needs no payload', async () => {
    expect(payloadOf(await newTask())).toBeUndefined();
  });

  it('takes 256 KiB that JSON spends six bytes each on, and not one more', async () => {
    const inlinePayload = '\u0001'.repeat(256 * 1024);
    expect(payloadOf(await newTask({ inlinePayload }))?.body).toHaveLength(256 * 1024);
    const answer = await post({ inlinePayload: `${inlinePayload}\u0001` });
    expectProblem(answer, 413, 'PAYLOAD_TOO_LARGE');
    expect(answer.json).toMatchObject({ errors: [{ pointer: '/inlinePayload' }] });
  });

  it('refuses 300 KiB and 3 MB', async () => {
    for (const size of [300 * 1024, 3_000_000]) {
      expectProblem(await post({ inlinePayload: 'x'.repeat(size) }), 413, 'PAYLOAD_TOO_LARGE');
    }
  });

  it('tells every wrong member at once, unknown ones by name', async () => {
    const answer = await edge.send('POST', '/v1/task', {
      body: { lambdaID: lambdaId, timeout: '10', inlinePayload: 7 },
    });
    expectProblem(answer, 422, 'VALIDATION_FAILED');
    expect((answer.json as { errors: { pointer: string }[] }).errors.map((e) => e.pointer)).toEqual(
      ['/lambdaId', '/timeout', '/inlinePayload', '/lambdaID'],
    );
  });

  it.each([9, 121, 10.5, '10', null])('refuses the timeout %j', async (timeout) => {
    expectProblem(await post({ timeout }), 422, 'VALIDATION_FAILED');
  });

  it('refuses a body that is no object', async () => {
    for (const body of ['[]', '"x"', '7', 'null']) {
      const headers = { 'content-type': 'application/json' };
      expectProblem(
        await edge.send('POST', '/v1/task', { body, headers }),
        422,
        'VALIDATION_FAILED',
      );
    }
  });

  it('knows no lambda of another tenant, nor one that is not there: the same answer', async () => {
    const body = { lambdaId, timeout: 10 };
    const foreign = await edge.send('POST', '/v1/task', { body, token: stranger });
    const missing = await post({ lambdaId: '000000000000000000000000' });
    expectProblem(foreign, 404, 'LAMBDA_NOT_FOUND');
    const anonymous = ({ json }: TestAnswer) => ({ ...(json as object), requestId: '' });
    expect(anonymous(foreign)).toEqual(anonymous(missing));
    expect(foreign.text).not.toContain(lambdaId);
  });

  it('refuses a lambda without code, and one that is paused', async () => {
    const body = { name: 'empty', lang: 'js', type: 'module' };
    const { id } = (await edge.send('POST', '/v1/lambda', { body })).json as { id: string };
    expectProblem(await post({ lambdaId: id }), 409, 'NO_RUNNER');
    const paused = await runnableLambda();
    await edge.send('POST', `/v1/lambda/${paused}/togglePause`);
    expectProblem(await post({ lambdaId: paused }), 409, 'LAMBDA_PAUSED');
  });
});

describe('Idempotency-Key (1.1)', () => {
  it('gives one task to 100 equal requests at once', async () => {
    const headers = { 'idempotency-key': 'one' };
    const answers = await Promise.all(Array.from({ length: 100 }, () => post({}, headers)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    const replayed = answers.filter(({ headers: h }) => h.get('idempotent-replayed') === 'true');
    expect(replayed).toHaveLength(99);
  });

  it('takes the same members in another order for the same request', async () => {
    const headers = { 'idempotency-key': 'order', 'content-type': 'application/json' };
    const send = (body: string) => edge.send('POST', '/v1/task', { body, headers });
    const first = await send(`{"lambdaId":"${lambdaId}","timeout":10}`);
    const again = await send(`{ "timeout": 10, "lambdaId": "${lambdaId}" }`);
    expect(again.text).toBe(first.text);
  });

  it('refuses another body under the same key', async () => {
    const headers = { 'idempotency-key': 'two' };
    await post({}, headers);
    expectProblem(await post({ timeout: 11 }, headers), 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  describe('answers the first 201 again when the lambda', () => {
    const repeated = async (change: (lambda: string) => Promise<unknown>) => {
      const lambda = await runnableLambda();
      const headers = { 'idempotency-key': `key-${lambda}` };
      const create = (other: object = {}) => post({ lambdaId: lambda, ...other }, headers);
      const first = await create();
      await change(lambda);
      return { lambda, first, again: await create(), another: await create({ timeout: 12 }) };
    };

    it('has been paused since', async () => {
      const { lambda, first, again, another } = await repeated((id) =>
        edge.send('POST', `/v1/lambda/${id}/togglePause`),
      );
      expect([again.status, again.text]).toEqual([201, first.text]);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expectProblem(another, 422, 'IDEMPOTENCY_KEY_REUSED');
      expectProblem(await post({ lambdaId: lambda }), 409, 'LAMBDA_PAUSED');
      const fresh = await post({ lambdaId: lambda }, { 'idempotency-key': 'never-used' });
      expectProblem(fresh, 409, 'LAMBDA_PAUSED');
    });

    it('has been deleted since', async () => {
      const { lambda, first, again } = await repeated((id) =>
        edge.send('DELETE', `/v1/lambda/${id}`),
      );
      expect([again.status, again.text]).toEqual([201, first.text]);
      expectProblem(await post({ lambdaId: lambda }), 404, 'LAMBDA_NOT_FOUND');
    });
  });

  it('of another tenant issues nothing for a foreign lambda', async () => {
    const headers = { 'idempotency-key': 'mine' };
    await post({}, headers);
    const body = { lambdaId, timeout: 10 };
    const foreign = await edge.send('POST', '/v1/task', { body, headers, token: stranger });
    expectProblem(foreign, 404, 'LAMBDA_NOT_FOUND');
  });

  it.each(['a b', 'x'.repeat(256), 'é'])('refuses the key %j', async (key) => {
    expectProblem(await post({}, { 'idempotency-key': key }), 400, 'INVALID_PARAMETER');
  });
});

describe('get (1.2)', () => {
  it('answers the whole object for each state', async () => {
    const id = await newTask();
    const { json } = await get(id);
    expect(zTask.parse(json)).toEqual({
      id,
      lambdaId,
      issued: expect.stringMatching(/^\d{10}$/),
      assigned: '',
      finished: '',
      progress: 0,
      node: '',
      timeout: 10,
      capabilities: { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false },
      state: 'issued',
      outcome: '',
      status: 0,
      attempt: 0,
      version: 1,
    });
    edge.backends.assign(id);
    expect((await get(id)).json).toMatchObject({ state: 'assigned', node: fakeNode, attempt: 1 });
    edge.backends.progress(id, 40);
    expect((await get(id)).json).toMatchObject({ state: 'running', progress: 40 });
    edge.backends.finish(id, { body: Buffer.from('done'), status: 201 });
    const finished = zTask.parse((await get(id)).json);
    expect(finished).toMatchObject({
      state: 'finished',
      outcome: 'succeeded',
      status: 201,
      result: { status: 201, contentType: 'text/plain', body: 'done' },
    });
    expect(Object.keys((await get(id)).json as object).slice(0, 9)).toEqual([
      'id',
      'lambdaId',
      'issued',
      'assigned',
      'finished',
      'progress',
      'node',
      'timeout',
      'capabilities',
    ]);
  });

  it('leaves out results that are large or binary', async () => {
    const [large, binary] = [await newTask(), await newTask()];
    edge.backends.finish(large, { body: Buffer.alloc(65_537, 'x') });
    edge.backends.finish(binary, { body: Buffer.from([1]), contentType: 'image/png' });
    for (const id of [large, binary]) expect((await get(id)).json).not.toHaveProperty('result');
  });

  it('has an ETag, and answers 304 to it until the task changes', async () => {
    const id = await newTask();
    const etag = (await get(id)).headers.get('etag') as string;
    const conditional = () =>
      edge.send('GET', `/v1/task/${id}`, { headers: { 'if-none-match': etag } });
    const unchanged = await conditional();
    expect([unchanged.status, unchanged.text]).toEqual([304, '']);
    expect(unchanged.headers.get('etag')).toBe(etag);
    edge.backends.assign(id);
    expect((await conditional()).status).toBe(200);
  });

  it('is never older than the ETag that a client brings, whoever showed it', async () => {
    const id = await newTask();
    edge.backends.assign(id);
    edge.backends.progress(id, 50);
    const versionFor = async (headers: Record<string, string>) => {
      const answer = await edge.send('GET', `/v1/task/${id}`, { headers });
      return [answer.status, answer.headers.get('etag')];
    };
    edge.backends.log.lag = 2;
    try {
      // The control: another edge has shown version 3, this one knows nothing of it.
      expect(await versionFor({})).toEqual([200, '"1"']);
      expect(await versionFor({ 'if-none-match': '"2"' })).toEqual([200, '"3"']);
      expect(await versionFor({ 'if-none-match': 'W/"3"' })).toEqual([304, '"3"']);
    } finally {
      edge.backends.log.lag = 0;
    }
  });

  it('finds a task by its id in capitals', async () => {
    const id = await newTask();
    expect((await get(id.toUpperCase())).json).toMatchObject({ id });
  });

  it('answers a foreign id exactly like a missing one, without repeating it', async () => {
    const id = await newTask();
    const foreign = await edge.send('GET', `/v1/task/${id}`, { token: stranger });
    const missing = await get('000000000000000000000000');
    expectProblem(foreign, 404, 'TASK_NOT_FOUND');
    const anonymous = ({ json }: TestAnswer) => ({ ...(json as object), requestId: '' });
    expect(anonymous(foreign)).toEqual(anonymous(missing));
    expect(foreign.text).not.toContain(id);
  });

  it.each(['x', '63f47d1c5bd6eeef8211c83', '%00', '63f47d1c5bd6eeef8211c83e%20', '..%2Flist'])(
    'refuses the id %s',
    async (id) => {
      expectProblem(await get(id), 400, 'INVALID_ID');
    },
  );

  it('answers HEAD like GET without a body', async () => {
    const id = await newTask();
    const [head, whole] = [await edge.send('HEAD', `/v1/task/${id}`), await get(id)];
    expect(head.text).toBe('');
    for (const name of ['etag', 'content-type', 'content-length']) {
      expect(head.headers.get(name)).toBe(whole.headers.get(name));
    }
  });
});

describe('list (1.3)', () => {
  let token: string;
  const ids: string[] = [];
  const list = (query = '') => edge.send('GET', `/v1/task/list${query}`, { token });
  const idsOf = ({ json }: TestAnswer) => (json as { id: string }[]).map(({ id }) => id);

  beforeAll(async () => {
    const userId = '5f0000000000000000000009';
    token = await edge.token({ userId });
    const send = (target: string, request: object, method = 'POST') =>
      edge.send(method, target, { ...request, token });
    const body = { name: 'own', lang: 'js', type: 'module' };
    const { id } = (await send('/v1/lambda', { body })).json as { id: string };
    const headers = { 'content-type': 'text/javascript' };
    await send(`/v1/lambda/${id}/code`, { body: 'export default 1', headers }, 'PUT');
    for (let n = 0; n < 5; n += 1) {
      const answer = await send('/v1/task', { body: { lambdaId: id, timeout: 10 } });
      ids.unshift((answer.json as { id: string }).id);
    }
    edge.backends.finish(ids[4] as string, { outcome: 'failed', status: 500 });
    edge.backends.assign(ids[3] as string);
  });

  it('is a bare array of the own tasks, newest first', async () => {
    const answer = await list();
    expect(idsOf(answer)).toEqual(ids);
    expect(zTaskList.parse(answer.json)).toHaveLength(5);
    expect(answer.headers.get('link')).toBeNull();
  });

  it('pages by limit and cursor until Link says no more', async () => {
    const seen: string[] = [];
    let target: string | undefined = '/v1/task/list?limit=2';
    while (target !== undefined) {
      const answer: TestAnswer = await edge.send('GET', target, { token });
      seen.push(...idsOf(answer));
      const link = answer.headers.get('link');
      expect(link ?? '<x>; rel="next"').toMatch(/^<[^>]+>; rel="next"$/);
      target = link?.slice(1, link.indexOf('>'));
    }
    expect(seen).toEqual(ids);
  });

  it.each<[string, number[]]>([
    ['?order=asc', [4, 3, 2, 1, 0]],
    ['?state=finished', [4]],
    ['?state=assigned', [3]],
    ['?outcome=failed', [4]],
    ['?outcome=lost', []],
    [`?node=${fakeNode}&order=desc`, [3, 4]],
    ['?lambdaId=000000000000000000000000', []],
    ['?issuedAfter=1', [0, 1, 2, 3, 4]],
    ['?issuedAfter=99999999999', []],
    ['?issuedBefore=99999999999', [0, 1, 2, 3, 4]],
    ['?issuedBefore=0', []],
  ])('%s gives %j', async (query, expected) => {
    expect(idsOf(await list(query))).toEqual(expected.map((index) => ids[index]));
  });

  it('compares bounds with the second that is shown', async () => {
    const [first] = (await list('?limit=1')).json as { issued: string }[];
    const issued = Number(first?.issued);
    expect(idsOf(await list(`?issuedAfter=${issued}`))).not.toContain(ids[0]);
    expect(idsOf(await list(`?issuedAfter=${issued - 1}`))).toContain(ids[0]);
    expect(idsOf(await list(`?issuedBefore=${issued}`))).not.toContain(ids[0]);
    expect(idsOf(await list(`?issuedBefore=${issued + 1}`))).toContain(ids[0]);
  });

  it.each([
    '?limit=0',
    '?limit=1001',
    '?limit=x',
    '?limit=1&limit=2',
    '?state=new',
    '?outcome=ok',
    '?lambdaId=7',
    '?node=7',
    '?issuedAfter=yesterday',
    '?issuedBefore=-1',
    '?order=up',
    '?cursor=',
    '?sort=id',
  ])('refuses %s', async (query) => {
    expectProblem(await list(query), 400, 'INVALID_PARAMETER');
  });

  it('names every wrong parameter', async () => {
    expect((await list('?limit=0&stat=x&order=up')).json).toMatchObject({
      errors: [{ pointer: '/limit' }, { pointer: '/order' }, { pointer: '/stat' }],
    });
  });

  it('refuses a cursor that is not its own', async () => {
    expectProblem(await list('?cursor=forged'), 400, 'INVALID_CURSOR');
  });

  it('is empty for a stranger', async () => {
    expect((await edge.send('GET', '/v1/task/list', { token: stranger })).json).toEqual([]);
  });
});

describe('result (1.4)', () => {
  it('is what the lambda answered: status, type, bytes', async () => {
    const id = await newTask();
    const body = Buffer.from([0, 255, 10, 13]);
    edge.backends.finish(id, { status: 418, contentType: 'image/x-tea', body });
    const response = await edge.open(`/v1/task/${id}/result`);
    expect(response.status).toBe(418);
    expect(response.headers.get('content-type')).toBe('image/x-tea');
    expect(response.headers.get('gc-task-outcome')).toBe('succeeded');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
  });

  it('may have 1 MiB', async () => {
    const id = await newTask();
    edge.backends.finish(id, { body: Buffer.alloc(1024 * 1024, 'x') });
    expect((await get(id, '/result')).text).toHaveLength(1024 * 1024);
  });

  it('may be empty', async () => {
    const id = await newTask();
    edge.backends.finish(id, { status: 204 });
    const answer = await get(id, '/result');
    expect([answer.status, answer.text]).toEqual([204, '']);
  });

  it('cannot break out of its header, and runs in no browser', async () => {
    const id = await newTask();
    const contentType = 'text/html\r\nset-cookie: a=b';
    edge.backends.finish(id, { contentType, body: Buffer.from('<script>') });
    const answer = await get(id, '/result');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    ['failed', 500, 500, 'TASK_FAILED'],
    ['timed_out', 504, 504, 'TASK_TIMED_OUT'],
    ['lost', 504, 504, 'TASK_LOST'],
    ['expired', 504, 504, 'TASK_EXPIRED'],
    ['cancelled', 499, 410, 'TASK_CANCELLED'],
  ] as const)('of a task that %s is a problem', async (outcome, own, status, code) => {
    const id = await newTask();
    edge.backends.finish(id, { outcome, status: own, detail: 'x is not defined' });
    const answer = await get(id, '/result');
    expectProblem(answer, status, code);
    expect(answer.json).toMatchObject({ detail: 'x is not defined' });
    expect(answer.headers.get('gc-task-outcome')).toBe(outcome);
  });

  it('of a task that runs is not ready, and says when to come again', async () => {
    const answer = await get(await newTask(), '/result');
    expectProblem(answer, 404, 'RESULT_NOT_READY');
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it.each<[string, Record<string, string>]>([
    ['/result?wait=30', {}],
    ['/result', { prefer: 'wait=30' }],
  ])('comes the moment the task finishes: %s %j', async (rest, headers) => {
    const id = await newTask();
    const watches = edge.backends.calls.sizes('watchTask').length;
    const waiting = edge.send('GET', `/v1/task/${id}${rest}`, { headers });
    await eventually(() => edge.backends.calls.sizes('watchTask').length > watches);
    const startedAt = performance.now();
    edge.backends.finish(id, { body: Buffer.from('now') });
    const answer = await waiting;
    expect(answer.text).toBe('now');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(answer.headers.get('preference-applied')).toBe(
      headers['prefer'] === undefined ? null : 'wait=30',
    );
  });

  it('is not ready after the wait', async () => {
    const startedAt = performance.now();
    expectProblem(await get(await newTask(), '/result?wait=1'), 404, 'RESULT_NOT_READY');
    expect(performance.now() - startedAt).toBeGreaterThan(950);
  });

  it.each(['wait=0', 'wait=61', 'wait=x', 'wait=1.5', 'timeout=5'])(
    'refuses ?%s',
    async (query) => {
      expectProblem(await get(await newTask(), `/result?${query}`), 400, 'INVALID_PARAMETER');
    },
  );

  it('stops waiting inside when the client goes away', async () => {
    const id = await newTask();
    const { calls } = edge.backends;
    const before = calls.sizes('watchTask').length;
    const ended = calls.sizes('watchTask ended').length;
    const client = new AbortController();
    const waiting = edge.send('GET', `/v1/task/${id}/result?wait=60`, { signal: client.signal });
    await eventually(() => calls.sizes('watchTask').length > before);
    client.abort();
    await expect(waiting).rejects.toThrow();
    await eventually(() => calls.sizes('watchTask ended').length > ended);
  });

  it('of a foreign task is not found, waited for or not', async () => {
    const id = await newTask();
    for (const rest of ['/result', '/result?wait=30']) {
      const answer = await edge.send('GET', `/v1/task/${id}${rest}`, { token: stranger });
      expectProblem(answer, 404, 'TASK_NOT_FOUND');
    }
  });
});

describe('cancel (1.5)', () => {
  const cancel = (id: string, token?: string) =>
    edge.send('DELETE', `/v1/task/${id}`, token === undefined ? {} : { token });

  it('answers 204, also when repeated', async () => {
    const id = await newTask();
    for (const answer of [await cancel(id), await cancel(id)]) {
      expect([answer.status, answer.text]).toEqual([204, '']);
    }
    expect((await get(id)).json).toMatchObject({
      state: 'finished',
      outcome: 'cancelled',
      status: 499,
    });
  });

  it('is too late after another outcome', async () => {
    const id = await newTask();
    edge.backends.finish(id);
    expectProblem(await cancel(id), 409, 'TASK_ALREADY_FINISHED');
  });

  it('does not touch a foreign task', async () => {
    const id = await newTask();
    expectProblem(await cancel(id, stranger), 404, 'TASK_NOT_FOUND');
    expect((await get(id)).json).toMatchObject({ state: 'issued' });
  });
});

describe('history (1.5)', () => {
  it('is the events in order', async () => {
    const id = await newTask({ inlinePayload: 'abc' });
    edge.backends.assign(id);
    edge.backends.progress(id, 10);
    edge.backends.finish(id, { body: Buffer.from('four') });
    const events = zTaskEvent.array().parse((await get(id, '/history')).json);
    expect(events.map(({ version, type }) => [version, type])).toEqual([
      [1, 'TaskIssued'],
      [2, 'TaskAssigned'],
      [3, 'TaskProgressed'],
      [4, 'TaskFinished'],
    ]);
    for (const { at, atMs } of events) expect(at).toBe(String(Math.floor(atMs / 1_000)));
    expect(events[0]).toMatchObject({
      timeout: 10,
      payload: { size: 3, contentType: 'text/plain' },
    });
    expect(events[1]).toMatchObject({ node: fakeNode, attempt: 1 });
    expect(events[3]).toMatchObject({ outcome: 'succeeded', result: { size: 4 } });
  });

  it('of a foreign task is not found', async () => {
    const answer = await edge.send('GET', `/v1/task/${await newTask()}/history`, {
      token: stranger,
    });
    expectProblem(answer, 404, 'TASK_NOT_FOUND');
  });
});

describe('watch (1.5)', () => {
  const watch = (id: string, headers = {}) => edge.open(`/v1/task/${id}/watch`, { headers });

  it('streams each event with type and id, and ends after TaskFinished', async () => {
    const id = await newTask();
    const response = await watch(id);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    edge.backends.assign(id);
    edge.backends.progress(id, 50);
    edge.backends.finish(id, { detail: 'one\ntwo' });
    const blocks = (await response.text()).split('\n\n').filter((block) => block.includes('id:'));
    expect(blocks.map((block) => block.split('\n').slice(0, 2))).toEqual([
      ['event:TaskIssued', 'id:1'],
      ['event:TaskAssigned', 'id:2'],
      ['event:TaskProgressed', 'id:3'],
      ['event:TaskFinished', 'id:4'],
    ]);
    const history = (await get(id, '/history')).json as object[];
    expect(blocks.map((block) => JSON.parse(block.split('\ndata:')[1] ?? '') as object)).toEqual(
      history,
    );
  });

  it('goes on after Last-Event-ID', async () => {
    const id = await newTask();
    edge.backends.assign(id);
    const response = await watch(id, { 'last-event-id': '1' });
    edge.backends.finish(id);
    const text = await response.text();
    expect(text).not.toContain('TaskIssued');
    expect(text.match(/^event:.*$/gm)).toEqual(['event:TaskAssigned', 'event:TaskFinished']);
  });

  it('tells who comes back after the end to stay away', async () => {
    const id = await newTask();
    edge.backends.finish(id);
    expect((await watch(id, { 'last-event-id': '3' })).status).toBe(204);
    expect((await watch(id, { 'last-event-id': '2' })).status).toBe(200);
  });

  it('refuses a Last-Event-ID that is none', async () => {
    const answer = await edge.send('GET', `/v1/task/${await newTask()}/watch`, {
      headers: { 'last-event-id': 'x' },
    });
    expectProblem(answer, 400, 'INVALID_PARAMETER');
  });

  it('of a foreign task is a problem, not a stream', async () => {
    const answer = await edge.send('GET', `/v1/task/${await newTask()}/watch`, { token: stranger });
    expectProblem(answer, 404, 'TASK_NOT_FOUND');
  });

  it('ends inside when the client goes away', async () => {
    const { calls } = edge.backends;
    const ended = calls.sizes('watchTask ended').length;
    const client = new AbortController();
    await edge.open(`/v1/task/${await newTask()}/watch`, { signal: client.signal });
    client.abort();
    await eventually(() => calls.sizes('watchTask ended').length > ended);
  });

  it('answers HEAD with its headers only', async () => {
    const answer = await edge.send('HEAD', `/v1/task/${await newTask()}/watch`);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
  });
});

describe('calls inside', () => {
  it('are coalesced: while one is under way, all others become the next', async () => {
    const { calls } = edge.backends;
    const [resolves, issues] = [
      calls.sizes('resolveLambdas').length,
      calls.sizes('issueTasks').length,
    ];
    const release = calls.hold('issueTasks');
    const first = newTask();
    await eventually(() => calls.sizes('issueTasks').length > issues);
    const others = Array.from({ length: 50 }, () => newTask());
    await eventually(async () => (await edge.waiting('issueTasks')) === 50);
    release();
    await Promise.all([first, ...others]);
    expect(calls.sizes('issueTasks').slice(issues)).toEqual([1, 50]);
    // The same lambda is asked for once in a call, however many creates name it.
    expect(Math.max(...calls.sizes('resolveLambdas').slice(resolves))).toBe(1);
  });

  it('that are slow hold up no other read', async () => {
    const [slowId, otherId] = await Promise.all([newTask(), newTask()]);
    const { calls } = edge.backends;
    const before = calls.sizes('batchGetTasks').length;
    const release = calls.holdNext('batchGetTasks');
    const slow = get(slowId);
    await eventually(() => calls.sizes('batchGetTasks').length > before);
    expect((await get(otherId)).status).toBe(200);
    release();
    expect((await slow).status).toBe(200);
  });

  it('fail one by one: a refused item does not fail its neighbours', async () => {
    const good = Array.from({ length: 10 }, () => post({}));
    const bad = Array.from({ length: 10 }, () => post({ lambdaId: '0'.repeat(24) }));
    expect((await Promise.all(good)).map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect((await Promise.all(bad)).map(({ status }) => status)).toEqual(Array(10).fill(404));
  });

  it('of results are made once: what never changes is kept', async () => {
    const id = await newTask();
    edge.backends.finish(id, { body: Buffer.from('kept') });
    await get(id);
    const before = edge.backends.calls.sizes('batchGetResults').length;
    expect((await get(id)).json).toMatchObject({ result: { body: 'kept' } });
    expect(edge.backends.calls.sizes('batchGetResults')).toHaveLength(before);
  });

  it('that go wrong never show the inside', async () => {
    const id = await newTask();
    edge.backends.calls.failNext('batchGetTasks', new Error('relation "secret" does not exist'));
    const answer = await get(id);
    expectProblem(answer, 500, 'INTERNAL');
    expect(answer.text).not.toContain('secret');
  });

  it.each(['NEEDS_LOGIN', 'FORBIDDEN'] as const)(
    'that a service refuses with %s are UNAVAILABLE: it is the edge that it refuses',
    async (code) => {
      const id = await newTask();
      const refusal = () => new DomainError(code, 'the role edge may not call this');
      edge.backends.calls.failNext('batchGetTasks', refusal());
      const read = await get(id);
      expectProblem(read, 503, 'UNAVAILABLE');
      expect(read.headers.get('www-authenticate')).toBeNull();
      expect(read.text).not.toContain('role');
      edge.backends.calls.failNext('issueTasks', refusal());
      expectProblem(await post({}), 503, 'UNAVAILABLE');
      edge.backends.finish(id, { body: Buffer.from(code) });
      edge.backends.calls.failNext('batchGetResults', refusal());
      expectProblem(await get(id), 503, 'UNAVAILABLE');
    },
  );

  it('that are refused for load are 503 with Retry-After', async () => {
    edge.backends.calls.failNext(
      'issueTasks',
      new DomainError('OVERLOADED', 'queue of p3 is full'),
    );
    const answer = await post({});
    expectProblem(answer, 503, 'OVERLOADED');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.text).not.toContain('p3');
  });
});
