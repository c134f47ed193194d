import { eventually } from '@greencloud/testing';
import { describe, expect, it } from 'vitest';
import { expectProblem } from '../../../testing/expect-problem.ts';
import { useTestTasks } from '../../../testing/use-test-tasks.ts';

const { edge, get, newTask, stranger } = useTestTasks();

describe('result (1.4)', () => {
  it('is what the lambda answered: status, type, bytes', async () => {
    const id = await newTask();
    const body = Buffer.from([0, 255, 10, 13]);
    edge().backends.finish(id, { status: 418, contentType: 'image/x-tea', body });
    const response = await edge().open(`/v1/task/${id}/result`);
    expect(response.status).toBe(418);
    expect(response.headers.get('content-type')).toBe('image/x-tea');
    expect(response.headers.get('gc-task-outcome')).toBe('succeeded');
    expect(response.headers.get('etag')).toBe('"3"');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
  });

  it('may have 1 MiB', async () => {
    const id = await newTask();
    edge().backends.finish(id, { body: Buffer.alloc(1024 * 1024, 'x') });
    expect((await get(id, '/result')).text).toHaveLength(1024 * 1024);
  });

  it('may be empty', async () => {
    const id = await newTask();
    edge().backends.finish(id, { status: 204 });
    const answer = await get(id, '/result');
    expect([answer.status, answer.text]).toEqual([204, '']);
  });

  it('cannot break out of its header, and runs in no browser', async () => {
    const id = await newTask();
    const contentType = 'text/html\r\nset-cookie: a=b';
    edge().backends.finish(id, { contentType, body: Buffer.from('<script>') });
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
    edge().backends.finish(id, { outcome, status: own, detail: 'x is not defined' });
    const answer = await get(id, '/result');
    expectProblem(answer, status, code);
    expect(answer.json).toMatchObject({ detail: 'x is not defined' });
    expect(answer.headers.get('gc-task-outcome')).toBe(outcome);
    expect(answer.headers.get('etag')).toBe('"3"');
  });

  it('that cannot be fetched is a problem of ours and carries no outcome', async () => {
    const id = await newTask();
    edge().backends.finish(id, { body: Buffer.from('x') });
    edge().backends.calls.failNext('batchGetResults', new Error('no result'));
    const answer = await get(id, '/result');
    expectProblem(answer, 500, 'INTERNAL');
    expect(answer.headers.get('gc-task-outcome')).toBeNull();
    expect((await get(id, '/result')).headers.get('gc-task-outcome')).toBe('succeeded');
  });

  it("is measured with its outcome, so that a lambda's 5xx and ours are told apart", async () => {
    const { backends } = edge();
    const [failed, own, unread] = [await newTask(), await newTask(), await newTask()];
    backends.finish(failed, { outcome: 'failed', status: 500 });
    backends.finish(own, { status: 502 });
    backends.finish(unread, { body: Buffer.from('x') });
    await get(failed, '/result');
    await get(own, '/result');
    backends.calls.failNext('batchGetResults', new Error('ours'));
    await get(unread, '/result');
    const counts = (await edge().scrape()).match(/^greencloud_http_request_\S+_count\{.*$/gm) ?? [];
    const outcomesOf = (status: number) =>
      counts
        .filter((line) => line.includes(`status="${status}"`))
        .map((line) => /task_outcome="(\w+)"/.exec(line)?.[1]);
    expect(new Set(outcomesOf(500))).toEqual(new Set(['failed', undefined]));
    expect(outcomesOf(502)).toEqual(['succeeded']);
  });

  it('of a task that runs is not ready, and says when to come again', async () => {
    const answer = await get(await newTask(), '/result');
    expectProblem(answer, 404, 'RESULT_NOT_READY');
    expect(answer.headers.get('retry-after')).toBe('1');
    // It tells no end, so there is nothing that a later read could be behind.
    expect(answer.headers.get('etag')).toBeNull();
  });

  it.each<[string, Record<string, string>]>([
    ['/result?wait=30', {}],
    ['/result', { prefer: 'wait=30' }],
  ])('comes the moment the task finishes: %s %j', async (rest, headers) => {
    const id = await newTask();
    const watches = edge().backends.calls.sizes('watchTask').length;
    const waiting = edge().send('GET', `/v1/task/${id}${rest}`, { headers });
    await eventually(() => edge().backends.calls.sizes('watchTask').length > watches);
    const startedAt = performance.now();
    edge().backends.finish(id, { body: Buffer.from('now') });
    const answer = await waiting;
    expect(answer.text).toBe('now');
    expect(answer.headers.get('etag')).toBe('"3"');
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
    const { calls } = edge().backends;
    const before = calls.sizes('watchTask').length;
    const ended = calls.sizes('watchTask ended').length;
    const client = new AbortController();
    const waiting = edge().send('GET', `/v1/task/${id}/result?wait=60`, { signal: client.signal });
    await eventually(() => calls.sizes('watchTask').length > before);
    client.abort();
    await expect(waiting).rejects.toThrow();
    await eventually(() => calls.sizes('watchTask ended').length > ended);
  });

  it('of a foreign task is not found, waited for or not', async () => {
    const id = await newTask();
    for (const rest of ['/result', '/result?wait=30']) {
      const answer = await edge().send('GET', `/v1/task/${id}${rest}`, { token: stranger() });
      expectProblem(answer, 404, 'TASK_NOT_FOUND');
    }
  });
});
