import { describe, expect, it } from 'vitest';
import { expectProblem } from '../../../testing/expect-problem.ts';
import { runnableLambda } from '../../../testing/runnable-lambda.ts';
import type { TestAnswer } from '../../../testing/test-edge.ts';
import { useTestTasks } from '../../../testing/use-test-tasks.ts';

const { edge, lambdaId, newTask, post, stranger } = useTestTasks();
const payloadOf = (id: string) => edge().backends.log.tasks.get(id)?.payload;

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
    const answer = await edge().send('POST', '/v1/task', {
      body: { lambdaID: lambdaId(), timeout: '10', inlinePayload: 7 },
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
        await edge().send('POST', '/v1/task', { body, headers }),
        422,
        'VALIDATION_FAILED',
      );
    }
  });

  it('knows no lambda of another tenant, nor one that is not there: the same answer', async () => {
    const body = { lambdaId: lambdaId(), timeout: 10 };
    const foreign = await edge().send('POST', '/v1/task', { body, token: stranger() });
    const missing = await post({ lambdaId: '000000000000000000000000' });
    expectProblem(foreign, 404, 'LAMBDA_NOT_FOUND');
    const anonymous = ({ json }: TestAnswer) => ({ ...(json as object), requestId: '' });
    expect(anonymous(foreign)).toEqual(anonymous(missing));
    expect(foreign.text).not.toContain(lambdaId());
  });

  it('refuses a lambda without code, and one that is paused', async () => {
    const body = { name: 'empty', lang: 'js', type: 'module' };
    const { id } = (await edge().send('POST', '/v1/lambda', { body })).json as { id: string };
    expectProblem(await post({ lambdaId: id }), 409, 'NO_RUNNER');
    const paused = await runnableLambda(edge());
    await edge().send('POST', `/v1/lambda/${paused}/togglePause`);
    expectProblem(await post({ lambdaId: paused }), 409, 'LAMBDA_PAUSED');
  });
});
