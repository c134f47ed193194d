import { DomainError } from '@greencloud/domain';
import { eventually } from '@greencloud/testing';
import { describe, expect, it } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { runnableLambda } from '../testing/runnable-lambda.ts';
import { useTestTasks } from '../testing/use-test-tasks.ts';

const { edge, get, newTask, post, stranger } = useTestTasks();

describe('calls inside', () => {
  it('are coalesced: while one is under way, all others become the next', async () => {
    const { calls } = edge().backends;
    const [resolves, issues] = [
      calls.sizes('resolveLambdas').length,
      calls.sizes('issueTasks').length,
    ];
    const release = calls.hold('issueTasks');
    const first = newTask();
    await eventually(() => calls.sizes('issueTasks').length > issues);
    const others = Array.from({ length: 50 }, () => newTask());
    await eventually(async () => (await edge().waiting('issueTasks')) === 50);
    release();
    await Promise.all([first, ...others]);
    expect(calls.sizes('issueTasks').slice(issues)).toEqual([1, 50]);
    // The same lambda is asked for once in a call, however many creates name it.
    expect(Math.max(...calls.sizes('resolveLambdas').slice(resolves))).toBe(1);
  });

  it('for a lambda are made once in its lease, and before each create without one', async () => {
    const { calls, lease } = edge().backends;
    const before = calls.sizes('resolveLambdas').length;
    await newTask();
    await newTask();
    expect(calls.sizes('resolveLambdas')).toHaveLength(before + 2);
    lease.freshForMs = 3_600_000;
    const lambdaId = await runnableLambda(edge());
    for (let create = 0; create < 5; create += 1) await newTask({ lambdaId });
    expect(calls.sizes('resolveLambdas')).toHaveLength(before + 3);
    // The lease is this tenant's: to another one the lambda does not exist.
    const request = { body: { lambdaId, timeout: 10 }, token: stranger() };
    expectProblem(await edge().send('POST', '/v1/task', request), 404, 'LAMBDA_NOT_FOUND');
    lease.freshForMs = 0;
  });

  it('that are slow hold up no other read', async () => {
    const [slowId, otherId] = await Promise.all([newTask(), newTask()]);
    const { calls } = edge().backends;
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
    edge().backends.finish(id, { body: Buffer.from('kept') });
    await get(id);
    const before = edge().backends.calls.sizes('batchGetResults').length;
    expect((await get(id)).json).toMatchObject({ result: { body: 'kept' } });
    expect(edge().backends.calls.sizes('batchGetResults')).toHaveLength(before);
  });

  it('that go wrong never show the inside', async () => {
    const id = await newTask();
    edge().backends.calls.failNext('batchGetTasks', new Error('relation "secret" does not exist'));
    const answer = await get(id);
    expectProblem(answer, 500, 'INTERNAL');
    expect(answer.text).not.toContain('secret');
  });

  it.each(['NEEDS_LOGIN', 'FORBIDDEN'] as const)(
    'that a service refuses with %s are UNAVAILABLE: it is the edge that it refuses',
    async (code) => {
      const id = await newTask();
      const refusal = () => new DomainError(code, 'the role edge may not call this');
      edge().backends.calls.failNext('batchGetTasks', refusal());
      const read = await get(id);
      expectProblem(read, 503, 'UNAVAILABLE');
      expect(read.headers.get('www-authenticate')).toBeNull();
      expect(read.text).not.toContain('role');
      edge().backends.calls.failNext('issueTasks', refusal());
      expectProblem(await post({}), 503, 'UNAVAILABLE');
      edge().backends.finish(id, { body: Buffer.from(code) });
      edge().backends.calls.failNext('batchGetResults', refusal());
      expectProblem(await get(id), 503, 'UNAVAILABLE');
    },
  );

  it('that are refused for load are 503 with Retry-After', async () => {
    edge().backends.calls.failNext(
      'issueTasks',
      new DomainError('OVERLOADED', 'queue of p3 is full'),
    );
    const answer = await post({});
    expectProblem(answer, 503, 'OVERLOADED');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.text).not.toContain('p3');
  });
});
