import { eventually, type TestProcess } from '@greencloud/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, RestClient } from '../client.ts';
import { impossible, lambdaCode } from '../lambda-code.ts';
import { startReplica } from '../own-processes.ts';
import { expectProblem } from '../problem.ts';
import { type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();

const limits = { GC_MAX_TENANT_RATE: '100', GC_MAX_TENANT_STREAMS: '1', GC_MAX_WAITING_TASKS: '2' };

/** An edge of its own with small limits; every test has a tenant of its own. */
describe('4: 429 NO_QUOTA_AVAILABLE with Retry-After', () => {
  let edge: TestProcess;
  let tenant: Tenant;
  let client: RestClient;
  let lambdaId: string;

  beforeAll(async () => {
    edge = await startReplica(stack(), 'edge', limits);
  }, 60_000);
  afterAll(() => edge?.stop());

  async function newTenant() {
    tenant = await stack().tenant();
    lambdaId = await tenant.createLambda('never', await lambdaCode('echo'), impossible);
    client = stack().client(tenant.token, edge.ready.http);
  }

  const create = () => client.call('POST', '/v1/task', { body: { lambdaId, timeout: 10 } });

  function expectQuota(answer: Answer) {
    expectProblem(answer, 429, 'NO_QUOTA_AVAILABLE');
    expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
  }

  async function burstOf(length: number) {
    const startedAt = performance.now();
    const requests = Array.from({ length }, () => client.call('GET', '/v1/metrics'));
    const answers = await Promise.all(requests);
    return { answers, seconds: (performance.now() - startedAt) / 1_000 };
  }

  it('for more requests in a second than a tenant may make, which RateLimit announces', async () => {
    await newTenant();
    // A slow machine makes a burst so long that every second of it has room for its part.
    const { answers, seconds } = await eventually(async () => {
      const burst = await burstOf(300);
      return burst.answers.some(({ status }) => status === 429) && burst;
    });
    const refused = answers.filter(({ status }) => status !== 200);
    refused.forEach(expectQuota);
    expect(answers.length - refused.length).toBeLessThanOrEqual(100 * (Math.ceil(seconds) + 1));
    for (const { headers } of answers) {
      expect(headers['ratelimit-policy']).toMatch(/q=100\b.*w=1\b/);
      expect(headers['ratelimit']).toMatch(/r=\d+.*t=\d+/);
    }
    const stranger = stack().client((await stack().tenant()).token, edge.ready.http);
    expect((await stranger.call('GET', '/v1/metrics')).status).toBe(200);
  });

  it('for more watches and waits at once than a tenant may hold', async () => {
    await newTenant();
    const id = await tenant.issue(lambdaId, '');
    const held = await client.watch(id);
    expect(held.status).toBe(200);
    expectQuota(await client.call('GET', `/v1/task/${id}/result?wait=60`));
    held.cancel();
  });

  it('for more waiting tasks than a tenant may have, until they wait no longer', async () => {
    await newTenant();
    const accepted: string[] = [];
    // The count is of the views, which follow the log.
    await eventually(async () => {
      const answer = await create();
      if (answer.status === 201) accepted.push(answer.json<{ id: string }>().id);
      expectQuota(answer);
    });
    expect(accepted.length).toBeGreaterThanOrEqual(2);
    await Promise.all(accepted.map((id) => client.call('DELETE', `/v1/task/${id}`)));
    await eventually(async () => expect((await create()).status).toBe(201));
  });
});
