import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@greencloud/testing';
import { type Answer, type RestClient, restClient } from './client.ts';
import { type Stack, startStack, strangerId } from './stack.ts';

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

function problem(answer: Answer): Problem {
  expect(answer.headers['content-type']).toContain('application/problem+json');
  const body = answer.json<Problem>();
  expect(body).toMatchObject({
    status: answer.status,
    type: expect.any(String),
    title: expect.any(String),
  });
  expect(body.requestId).not.toBe('');
  return body;
}

describe('bad input', () => {
  let stack: Stack;
  let api: RestClient;
  let stranger: RestClient;

  beforeAll(async () => {
    stack = await startStack({ nodes: 1 });
    api = stack.api;
    stranger = await stack.as(strangerId);
  });
  afterAll(async () => {
    await stack?.stop();
  });

  const issue = (change: Record<string, unknown>) =>
    api.call('POST', '/v1/task', {
      body: { lambdaId: stack.file.demo.lambdaId, timeout: 10, inlinePayload: 'x', ...change },
    });

  it.each([
    ['an unknown member', { inlinePayloadd: 'x' }, '/inlinePayloadd'],
    ['a timeout of 9', { timeout: 9 }, '/timeout'],
    ['a timeout of 121', { timeout: 121 }, '/timeout'],
    ['half a second', { timeout: 10.5 }, '/timeout'],
    ['a timeout that is a string', { timeout: '10' }, '/timeout'],
    ['a payload that is a number', { inlinePayload: 7 }, '/inlinePayload'],
    ['a lambda id that is none', { lambdaId: 'demo' }, '/lambdaId'],
    ['no lambda id', { lambdaId: undefined }, '/lambdaId'],
  ])('names %s', async (_, change, pointer) => {
    const body = problem(await issue(change));
    expect(body).toMatchObject({ status: 422, code: 'VALIDATION_FAILED' });
    expect(body.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  it('names every wrong member at once', async () => {
    const body = problem(await issue({ timeout: 9, lambdaId: 3, extra: true }));
    const pointers = body.errors?.map((error) => error.pointer).toSorted();
    expect(pointers).toEqual(['/extra', '/lambdaId', '/timeout']);
  });

  it('refuses malformed JSON', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await api.call('POST', '/v1/task', { raw: '{"lambdaId": ', headers });
    expect(problem(answer)).toMatchObject({ status: 400, code: 'MALFORMED_JSON' });
  });

  it('refuses a payload of 300 KiB', async () => {
    const body = problem(await issue({ inlinePayload: 'x'.repeat(300 * 1024) }));
    expect(body).toMatchObject({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
  });

  it('answers a lambda of another tenant like a missing one', async () => {
    const body = { lambdaId: stack.file.demo.lambdaId, timeout: 10 };
    const foreign = problem(await stranger.call('POST', '/v1/task', { body }));
    const missing = problem(await issue({ lambdaId: '64058fee9956fae80d7e0e8e' }));
    expect(foreign).toMatchObject({ status: 404, code: 'LAMBDA_NOT_FOUND' });
    expect({ ...foreign, requestId: '' }).toEqual({ ...missing, requestId: '' });
  });

  it('answers a task of another tenant like a missing one', async () => {
    const id = await api.issue(stack.file.demo.lambdaId, 'mine');
    const foreign = problem(await stranger.call('GET', `/v1/task/${id}`));
    expect(foreign).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' });
  });

  it.each([
    ['no token', ''],
    ['a token that is noise', 'Bearer not.a.token'],
    ['a key of another scheme', 'Basic dXNlcjpwdw=='],
  ])('asks for a login with %s', async (_, token) => {
    const nobody = restClient(stack.file.edgeUrl, token);
    const answer = await nobody.call('GET', '/v1/task/list');
    expect(problem(answer)).toMatchObject({ status: 401, code: 'NEEDS_LOGIN' });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    await nobody.close();
  });

  it('asks for a login once a token is past its time', async () => {
    const brief = await stack.as(strangerId, { ttlSeconds: 1 });
    const refused = () => brief.call('GET', '/v1/task/list');
    const answer = await eventually(
      async () => {
        const answer = await refused();
        return answer.status === 401 && answer;
      },
      { timeoutMs: 20_000, everyMs: 200 },
    );
    expect(problem(answer)).toMatchObject({ code: 'NEEDS_LOGIN' });
  });

  it('refuses a token whose scope does not reach', async () => {
    const reader = await stack.as(strangerId, { scope: 'task:read' });
    const body = { lambdaId: stack.file.demo.lambdaId, timeout: 10 };
    const answer = await reader.call('POST', '/v1/task', { body });
    expect(problem(answer)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });
});
