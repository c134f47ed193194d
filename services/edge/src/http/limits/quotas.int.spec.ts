import { afterEach, describe, expect, it } from 'vitest';
import { runnableLambda } from '../../testing/runnable-lambda.ts';
import { startTestEdge, type TestAnswer, type TestEdge } from '../../testing/test-edge.ts';

const open: TestEdge[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((edge) => edge.close()));
});

async function edgeWith(env: Record<string, string>): Promise<TestEdge> {
  const edge = await startTestEdge(env);
  open.push(edge);
  return edge;
}

function expectQuota(answer: TestAnswer): void {
  expect(answer.json).toMatchObject({ status: 429, code: 'NO_QUOTA_AVAILABLE' });
  expect(answer.headers.get('retry-after')).toBe('1');
}

describe('the request rate of a tenant', () => {
  const stranger = { userId: '5f0000000000000000000002' };

  it('is told with each answer, and refused past its limit until the window ends', async () => {
    const edge = await edgeWith({ GC_MAX_TENANT_RATE: '5' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => edge.send('GET', '/v1/task/list')),
    );
    const refused = answers.filter(({ status }) => status === 429);
    // The 20 may fall into two windows, not into three.
    expect(refused.length).toBeGreaterThanOrEqual(10);
    refused.forEach(expectQuota);
    for (const { headers } of answers) {
      expect(headers.get('ratelimit-policy')).toBe('"tenant";q=5;w=1');
      expect(headers.get('ratelimit')).toMatch(/^"tenant";r=[0-4];t=1$/);
    }
    const other = await edge.send('GET', '/v1/task/list', { token: await edge.token(stranger) });
    expect(other.status).toBe(200);
    await expect
      .poll(async () => (await edge.send('GET', '/v1/task/list')).status, { timeout: 5_000 })
      .toBe(200);
  });

  it('counts what a token may not do, and not what comes without one', async () => {
    const edge = await edgeWith({ GC_MAX_TENANT_RATE: '1' });
    const anonymous = await edge.send('GET', '/v1/task/list', { token: 'none' });
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('ratelimit')).toBeNull();
    const token = await edge.token({ scope: 'node:read' });
    const asked = await Promise.all(
      [1, 2, 3, 4].map(() => edge.send('GET', '/v1/task/list', { token })),
    );
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([403, 429]));
  });
});

describe('the streams of a tenant', () => {
  it('are refused past their limit, and not to others', async () => {
    const edge = await edgeWith({ GC_MAX_TENANT_STREAMS: '1' });
    const lambdaId = await runnableLambda(edge);
    const body = { lambdaId, timeout: 10 };
    const { id } = (await edge.send('POST', '/v1/task', { body })).json as { id: string };
    const first = await edge.open(`/v1/task/${id}/watch`);
    expectQuota(await edge.send('GET', `/v1/task/${id}/watch`));
    expectQuota(await edge.send('GET', `/v1/task/${id}/result?wait=5`));
    edge.backends.finish(id);
    expect(await first.text()).toContain('TaskFinished');
  });
});

describe('the tasks of a tenant that wait', () => {
  it('are refused past their limit until some have been taken', async () => {
    const edge = await edgeWith({ GC_MAX_WAITING_TASKS: '3' });
    const body = { lambdaId: await runnableLambda(edge), timeout: 10 };
    const create = (headers = {}) => edge.send('POST', '/v1/task', { body, headers });
    const key = { 'idempotency-key': 'the-first' };
    const accepted = [await create(key), await create(), await create()];
    expect(accepted.map(({ status }) => status)).toEqual([201, 201, 201]);
    expectQuota(await create());
    const replayed = await create(key);
    expect([replayed.status, replayed.text]).toEqual([201, accepted[0]?.text]);
    for (const { json } of accepted) edge.backends.finish((json as { id: string }).id);
    await expect.poll(async () => (await create()).status, { timeout: 5_000 }).toBe(201);
  });

  it('are not counted while the projection is away: creates go on', async () => {
    const edge = await edgeWith({ GC_MAX_WAITING_TASKS: '1000' });
    const body = { lambdaId: await runnableLambda(edge), timeout: 10 };
    await edge.backends.stop('projection');
    expect((await edge.send('POST', '/v1/task', { body })).status).toBe(201);
  });
});
