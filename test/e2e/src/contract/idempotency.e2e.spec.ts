import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../client.ts';
import { lambdaCode } from '../lambda-code.ts';
import { expectProblem } from '../problem.ts';
import { type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();

describe('1.1: Idempotency-Key', () => {
  let tenant: Tenant;
  let lambdaId: string;

  beforeAll(async () => {
    tenant = await stack().tenant();
    lambdaId = await tenant.createLambda('echo', await lambdaCode('echo'));
  });

  const create = (key: string, change: Record<string, unknown> = {}, client: Tenant = tenant) =>
    client.call('POST', '/v1/task', {
      body: { lambdaId, timeout: 10, inlinePayload: 'once', ...change },
      headers: { 'idempotency-key': key },
    });
  const idOf = (answer: Answer) => answer.json<{ id: string }>().id;

  it('is optional', async () => {
    const body = { lambdaId, timeout: 10 };
    const answers = [
      await tenant.call('POST', '/v1/task', { body }),
      await tenant.call('POST', '/v1/task', { body }),
    ];
    expect(answers.map(({ headers }) => headers['idempotent-replayed'])).toEqual([
      undefined,
      undefined,
    ]);
    expect(new Set(answers.map(idOf)).size).toBe(2);
  });

  it('gives, with the same body, one task and the same 201 with Idempotent-Replayed: true', async () => {
    const key = randomUUID();
    const [first, second, third] = [await create(key), await create(key), await create(key)];
    expect([first, second, third].map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(third.headers['idempotent-replayed']).toBe('true');
    expect([second.text, third.text]).toEqual([first.text, first.text]);
    expect(second.headers['location']).toBe(first.headers['location']);
  });

  it('goes on giving the same 201 after the task has finished', async () => {
    const key = randomUUID();
    const id = idOf(await create(key));
    await tenant.result(id);
    expect(idOf(await create(key))).toBe(id);
    expect((await tenant.history(id)).filter(({ type }) => type === 'TaskIssued')).toHaveLength(1);
  });

  it('goes on giving the same 201 when the lambda is paused, and when it is gone', async () => {
    const lambda = await tenant.createLambda('leaves', await lambdaCode('echo'));
    const [key, change] = [randomUUID(), { lambdaId: lambda }];
    const first = await create(key, change);
    await tenant.call('POST', `/v1/lambda/${lambda}/togglePause`);
    expect((await create(key, change)).text).toBe(first.text);
    await tenant.call('DELETE', `/v1/lambda/${lambda}`);
    const replay = await create(key, change);
    expect({ status: replay.status, text: replay.text }).toEqual({ status: 201, text: first.text });
    expectProblem(await create(randomUUID(), change), 404, 'LAMBDA_NOT_FOUND');
  });

  it('gives at any concurrency one task', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 100 }, () => create(key)));
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1);
    const fresh = answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined);
    expect(fresh).toHaveLength(1);
  });

  it.each([
    ['payload', { inlinePayload: 'twice' }],
    ['timeout', { timeout: 11 }],
    ['payload that is left out', { inlinePayload: undefined }],
    ['kind of payload', { inlinePayload: ['once'] }],
  ])('with another body gives 422 IDEMPOTENCY_KEY_REUSED: another %s', async (_, change) => {
    const key = randomUUID();
    await create(key);
    expectProblem(await create(key, change), 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('with another lambda gives 422 IDEMPOTENCY_KEY_REUSED', async () => {
    const key = randomUUID();
    await create(key);
    const other = await tenant.createLambda('other', await lambdaCode('echo'));
    expectProblem(await create(key, { lambdaId: other }), 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('is the tenant’s own: another one’s same key and lambda name give another task', async () => {
    const key = randomUUID();
    const stranger = await stack().tenant();
    const theirs = await stranger.createLambda('echo', await lambdaCode('echo'));
    const mine = await create(key);
    const other = await create(key, { lambdaId: theirs }, stranger);
    expect(other.status).toBe(201);
    expect(other.headers['idempotent-replayed']).toBeUndefined();
    expect(idOf(other)).not.toBe(idOf(mine));
  });

  it('of a create that was refused is free', async () => {
    const key = randomUUID();
    expectProblem(await create(key, { timeout: 9 }), 422, 'VALIDATION_FAILED');
    expectProblem(await create(key, { lambdaId: '0'.repeat(24) }), 404, 'LAMBDA_NOT_FOUND');
    const answer = await create(key);
    expect(answer.status).toBe(201);
    expect(answer.headers['idempotent-replayed']).toBeUndefined();
  });

  it.each([
    ['1 character', '~'],
    ['255 characters', 'k'.repeat(255)],
    [
      'all visible ASCII',
      Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join(''),
    ],
  ])('may be %s', async (_, key) => {
    expect((await create(key)).status).toBe(201);
  });

  it.each([
    ['empty', ''],
    ['256 characters', 'k'.repeat(256)],
    ['with a blank inside', 'a b'],
    ['with a character above ASCII', 'ö'],
  ])('is refused %s', async (_, key) => {
    expectProblem(await create(key), 400, 'INVALID_PARAMETER');
  });

  it('is kept for 24 h at least', async () => {
    const key = randomUUID();
    const id = idOf(await create(key));
    const database = new pg.Client({ connectionString: stack().known.databaseUrl });
    await database.connect();
    const aged = await database.query(
      "update task_command.idempotency_key set created_at = created_at - interval '24 hours' where key = $1",
      [key],
    );
    await database.end();
    expect(aged.rowCount).toBe(1);
    // A new process sweeps old keys first of all.
    await (await stack().kill('task-command')).restarted();
    const again = await create(key);
    expect(idOf(again)).toBe(id);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });
});
