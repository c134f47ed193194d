import { beforeAll, describe, expect, it } from 'vitest';
import { impossible, lambdaCode } from '../lambda-code.ts';
import { expectProblem, pointersOf } from '../problem.ts';
import { newId, type Tenant, useSharedStack } from '../shared/shared-stack.ts';

const stack = useSharedStack();
const KIB = 1_024;

describe('1 and 1.1: Create', () => {
  let tenant: Tenant;
  let lambdaId: string;

  beforeAll(async () => {
    tenant = await stack().tenant();
    lambdaId = await tenant.createLambda('echo', await lambdaCode('echo'));
  });

  const create = (change: Record<string, unknown>, headers: Record<string, string> = {}) =>
    tenant.call('POST', '/v1/task', { body: { lambdaId, timeout: 10, ...change }, headers });

  /** What the lambda was given for this payload. */
  async function given(inlinePayload?: unknown) {
    const { id } = (await create({ inlinePayload })).json<{ id: string }>();
    const echo = (await tenant.result(id)).json<Echo>();
    return { ...echo, bytes: Buffer.from(echo.base64, 'base64').toString('utf8') };
  }

  describe('POST /v1/task answers 201 {"id"}', () => {
    it('with 24 hexadecimal characters and nothing else', async () => {
      const answer = await create({ inlinePayload: '...' });
      expect(answer.status).toBe(201);
      expect(answer.json()).toEqual({ id: expect.stringMatching(/^[0-9a-f]{24}$/) });
    });

    it('with Location: /v1/task/{id}', async () => {
      const answer = await create({});
      expect(answer.headers['location']).toBe(`/v1/task/${answer.json<{ id: string }>().id}`);
    });

    it('with a new id each time', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => create({})));
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(20);
    });
  });

  describe('lambdaId is required, 24 hex characters', () => {
    it.each([
      ['missing', undefined],
      ['null', null],
      ['a number', 64],
      ['empty', ''],
      ['23 characters', '64058fee9956fae80d7e0e8'],
      ['25 characters', '64058fee9956fae80d7e0e8e0'],
      ['24 characters that are not all hex', '64058fee9956fae80d7e0e8g'],
    ])('refuses %s', async (_, wrong) => {
      const answer = await create({ lambdaId: wrong });
      expectProblem(answer, 422, 'VALIDATION_FAILED');
      expect(pointersOf(answer)).toEqual(['/lambdaId']);
    });

    it('takes upper-case hex for the same lambda', async () => {
      expect((await create({ lambdaId: lambdaId.toUpperCase() })).status).toBe(201);
    });
  });

  describe('timeout is required, a number, 10 <= timeout <= 120, whole seconds', () => {
    it.each([10, 11, 119, 120])('accepts %d', async (timeout) => {
      expect((await create({ timeout })).status).toBe(201);
    });

    it.each([
      ['missing', undefined],
      ['null', null],
      ['text', '10'],
      ['9', 9],
      ['0', 0],
      ['-10', -10],
      ['121', 121],
      ['1e9', 1e9],
      ['10.5', 10.5],
      ['a list', [10]],
    ])('refuses %s', async (_, timeout) => {
      const answer = await create({ timeout });
      expectProblem(answer, 422, 'VALIDATION_FAILED');
      expect(pointersOf(answer)).toEqual(['/timeout']);
    });
  });

  describe('inlinePayload', () => {
    it('is optional', async () => {
      expect(await given()).toMatchObject({ method: 'POST', contentType: null, bytes: '' });
    });

    it.each([
      ['plain text', 'the quick brown fox'],
      ['empty text', ''],
      ['blanks, tabs and line breaks of both kinds', ' \t a\r\nb\n\n '],
      ['every script', 'Größe 風 🌬️ \u0000 \u2028'],
    ])('is handed to the lambda byte for byte: %s', async (_, text) => {
      expect((await given(text)).bytes).toBe(text);
    });

    it.each(['{"a": 1}', '[1,\n2]', '"text"', '42', 'null', ' { } '])(
      'is application/json when it parses as JSON: %s',
      async (text) => {
        expect(await given(text)).toMatchObject({ contentType: 'application/json', bytes: text });
      },
    );

    it.each([
      ['text', 'hello'],
      ['the contract’s own example, which is not strict JSON', '...'],
      ['JSON with a trailing comma', '{"lambdaId": 1,}'],
      ['JSON with single quotes', "{'a': 1}"],
    ])('is text/plain when it does not: %s', async (_, text) => {
      const { contentType, bytes } = await given(text);
      expect(contentType).toMatch(/^text\/plain/);
      expect(bytes).toBe(text);
    });

    it.each([
      ['an object', { a: [1, { b: null }] }],
      ['an array', [1, 'two', {}]],
    ])('may be %s in its place, which is encoded', async (_, value) => {
      const { contentType, bytes } = await given(value);
      expect(contentType).toBe('application/json');
      expect(JSON.parse(bytes)).toEqual(value);
    });

    it.each([
      ['a number', 7],
      ['true', true],
      ['null', null],
    ])('is refused as %s', async (_, value) => {
      const answer = await create({ inlinePayload: value });
      expectProblem(answer, 422, 'VALIDATION_FAILED');
      expect(pointersOf(answer)).toEqual(['/inlinePayload']);
    });

    it('is at most 256 KiB', async () => {
      const text = 'x'.repeat(256 * KIB);
      expect((await given(text)).bytes).toBe(text);
    });

    it.each([
      ['one byte more', 'x'.repeat(256 * KIB + 1)],
      ['256 KiB of characters of two bytes', 'ö'.repeat(128 * KIB + 1)],
      ['an array of more', Array.from({ length: 64 * KIB }, () => 1234)],
      ['2 MiB', 'x'.repeat(2 * KIB * KIB)],
    ])('else 413: %s', async (_, inlinePayload) => {
      expectProblem(await create({ inlinePayload }), 413, 'PAYLOAD_TOO_LARGE');
    });

    it('counts the payload’s own bytes and not those of its escapes', async () => {
      const text = '\u0001'.repeat(200 * KIB);
      expect((await given(text)).bytes).toBe(text);
    });
  });

  describe('unknown members are refused by name', () => {
    it.each(['inlinePayloadd', 'Timeout', '__proto__', 'tenantId', 'a/b', 'id'])(
      '%s',
      async (name) => {
        const raw = `{"lambdaId":"${lambdaId}","timeout":10,${JSON.stringify(name)}:1}`;
        const headers = { 'content-type': 'application/json' };
        const answer = await tenant.call('POST', '/v1/task', { raw, headers });
        expectProblem(answer, 422, 'VALIDATION_FAILED');
        expect(pointersOf(answer)).toEqual([`/${name.replace('/', '~1')}`]);
      },
    );
  });

  describe('every call carries an access token', () => {
    it.each(['', 'Bearer ', 'bearer '])('accepts "%s<JWT>"', async (scheme) => {
      const client = stack().client(`${scheme}${tenant.token}`);
      const body = { lambdaId, timeout: 10 };
      expect((await client.call('POST', '/v1/task', { body })).status).toBe(201);
    });

    it('refuses none', async () => {
      const body = { lambdaId, timeout: 10 };
      expectProblem(
        await stack().client('').call('POST', '/v1/task', { body }),
        401,
        'NEEDS_LOGIN',
      );
    });
  });

  describe('issuing for', () => {
    it('an unknown lambda answers 404 LAMBDA_NOT_FOUND', async () => {
      expectProblem(await create({ lambdaId: newId() }), 404, 'LAMBDA_NOT_FOUND');
    });

    it('a lambda without code answers 409 NO_RUNNER', async () => {
      const body = { name: 'empty', lang: 'js', type: 'module' };
      const made = (await tenant.call('POST', '/v1/lambda', { body })).json<{ id: string }>();
      expectProblem(await create({ lambdaId: made.id }), 409, 'NO_RUNNER');
    });

    it('a paused lambda answers 409 LAMBDA_PAUSED, and 201 once it goes on', async () => {
      const paused = await tenant.createLambda('paused', await lambdaCode('echo'));
      const toggle = () => tenant.call('POST', `/v1/lambda/${paused}/togglePause`);
      expect((await toggle()).status).toBe(204);
      expectProblem(await create({ lambdaId: paused }), 409, 'LAMBDA_PAUSED');
      expect((await toggle()).status).toBe(204);
      expect((await create({ lambdaId: paused })).status).toBe(201);
    });

    it('demands that no node meets waits', async () => {
      const never = await tenant.createLambda('never', await lambdaCode('echo'), impossible);
      const { id } = (await create({ lambdaId: never })).json<{ id: string }>();
      expect(await tenant.task(id)).toMatchObject({ state: 'issued', node: '', attempt: 0 });
    });
  });
});

interface Echo {
  readonly method: string;
  readonly contentType: string | null;
  readonly base64: string;
}
