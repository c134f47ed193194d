import { describe, expect, it } from 'vitest';
import { expectProblem } from '../../../testing/expect-problem.ts';
import { runnableLambda } from '../../../testing/runnable-lambda.ts';
import { useTestTasks } from '../../../testing/use-test-tasks.ts';

const { edge, lambdaId, post, stranger } = useTestTasks();

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
    const send = (body: string) => edge().send('POST', '/v1/task', { body, headers });
    const first = await send(`{"lambdaId":"${lambdaId()}","timeout":10}`);
    const again = await send(`{ "timeout": 10, "lambdaId": "${lambdaId()}" }`);
    expect(again.text).toBe(first.text);
  });

  it('refuses another body under the same key', async () => {
    const headers = { 'idempotency-key': 'two' };
    await post({}, headers);
    expectProblem(await post({ timeout: 11 }, headers), 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  describe('answers the first 201 again when the lambda', () => {
    const repeated = async (change: (lambda: string) => Promise<unknown>) => {
      const lambda = await runnableLambda(edge());
      const headers = { 'idempotency-key': `key-${lambda}` };
      const create = (other: object = {}) => post({ lambdaId: lambda, ...other }, headers);
      const first = await create();
      await change(lambda);
      return { lambda, first, again: await create(), another: await create({ timeout: 12 }) };
    };

    it('has been paused since', async () => {
      const { lambda, first, again, another } = await repeated((id) =>
        edge().send('POST', `/v1/lambda/${id}/togglePause`),
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
        edge().send('DELETE', `/v1/lambda/${id}`),
      );
      expect([again.status, again.text]).toEqual([201, first.text]);
      expectProblem(await post({ lambdaId: lambda }), 404, 'LAMBDA_NOT_FOUND');
    });
  });

  it('of another tenant issues nothing for a foreign lambda', async () => {
    const headers = { 'idempotency-key': 'mine' };
    await post({}, headers);
    const body = { lambdaId: lambdaId(), timeout: 10 };
    const foreign = await edge().send('POST', '/v1/task', { body, headers, token: stranger() });
    expectProblem(foreign, 404, 'LAMBDA_NOT_FOUND');
  });

  it.each(['a b', 'x'.repeat(256), 'é'])('refuses the key %j', async (key) => {
    expectProblem(await post({}, { 'idempotency-key': key }), 400, 'INVALID_PARAMETER');
  });
});
