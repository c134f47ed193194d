import { DomainError, type ErrorCode, errorCodes } from '@greencloud/domain';
import { BatcherClosedError, QueueFullError } from '@greencloud/runtime';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseInput } from '../routing/input.ts';
import { problemOf, toDomainError } from './problem.ts';
import { problemHeaders } from './problem-headers.ts';
import { requestIdOf } from './request-id.ts';

// The table of the contract, section 4 and 1.4, written out once more.
const contract: Record<string, number> = {
  MALFORMED_JSON: 400,
  INVALID_ID: 400,
  INVALID_CURSOR: 400,
  INVALID_PARAMETER: 400,
  NEEDS_LOGIN: 401,
  FORBIDDEN: 403,
  TASK_NOT_FOUND: 404,
  LAMBDA_NOT_FOUND: 404,
  NODE_NOT_FOUND: 404,
  RESULT_NOT_READY: 404,
  ROUTE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  NO_RUNNER: 409,
  LAMBDA_PAUSED: 409,
  TASK_ALREADY_FINISHED: 409,
  VALIDATION_FAILED: 422,
  IDEMPOTENCY_KEY_REUSED: 422,
  NO_QUOTA_AVAILABLE: 429,
  OVERLOADED: 503,
  UNAVAILABLE: 503,
  TASK_FAILED: 500,
  TASK_TIMED_OUT: 504,
  TASK_LOST: 504,
  TASK_EXPIRED: 504,
  TASK_CANCELLED: 410,
};

describe('a problem document', () => {
  it.each(Object.entries(contract))('of %s has the status %i', (code, status) => {
    const error = new DomainError(code as (typeof errorCodes)[number], 'words');
    expect(problemOf(error, { requestId: 'r-1' })).toMatchObject({
      code,
      status,
      requestId: 'r-1',
    });
  });

  it('has all members of RFC 9457 and ours', () => {
    const fields = [{ pointer: '/timeout', detail: 'is required' }];
    expect(
      problemOf(new DomainError('VALIDATION_FAILED', 'words', fields), {
        requestId: 'r 1',
        route: '/v1/task/{taskId}',
      }),
    ).toEqual({
      type: 'urn:greencloud:problem:validation-failed',
      title: 'Some members are not valid',
      status: 422,
      detail: 'words',
      instance: '/v1/task/:taskId',
      code: 'VALIDATION_FAILED',
      requestId: 'r 1',
      errors: fields,
    });
  });

  it.each([...errorCodes])('of %s has a status, a title and words', (code) => {
    const problem = problemOf(new DomainError(code, 'words'), { requestId: 'r' });
    expect(problem.status).toBeGreaterThanOrEqual(400);
    expect(problem.title).not.toBe('');
    expect(problem.detail).not.toBe('');
  });

  it.each(['INTERNAL', 'UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED', 'TASK_NOT_FOUND'] as const)(
    'of %s never repeats what the inside said',
    (code) => {
      const error = new DomainError(code, 'connect ECONNREFUSED db.internal:5432');
      expect(JSON.stringify(problemOf(error, { requestId: 'r' }))).not.toContain('internal:5432');
    },
  );

  it.each<[unknown, string]>([
    [new TypeError('x is not a function at /srv/app.js:1'), 'INTERNAL'],
    ['a thrown string', 'INTERNAL'],
    [new QueueFullError(), 'OVERLOADED'],
    [new BatcherClosedError(), 'UNAVAILABLE'],
    [new DomainError('DEADLINE_EXCEEDED', 'late'), 'UNAVAILABLE'],
  ])('of %s is %s', (error, code) => {
    const problem = problemOf(toDomainError(error), { requestId: 'r' });
    expect(problem.code).toBe(code);
    expect(JSON.stringify(problem)).not.toMatch(/app\.js|thrown/);
  });

  it('lists at most 50 wrong members', () => {
    const fields = Array.from({ length: 500 }, (_, i) => ({ pointer: `/${i}`, detail: 'x' }));
    expect(
      problemOf(new DomainError('VALIDATION_FAILED', 'w', fields), { requestId: 'r' }).errors,
    ).toHaveLength(50);
  });
});

describe('the headers of a problem', () => {
  it.each(['OVERLOADED', 'UNAVAILABLE', 'NO_QUOTA_AVAILABLE', 'RESULT_NOT_READY'] as const)(
    'of %s say when to come again',
    (code) => {
      expect(problemHeaders(new DomainError(code, ''), 'given')['retry-after']).toMatch(/^\d+$/);
    },
  );

  it('challenge for a token without error words when none was given (RFC 6750)', () => {
    const error = new DomainError('NEEDS_LOGIN', 'no token');
    expect(problemHeaders(error, 'missing')['www-authenticate']).toBe('Bearer realm="greencloud"');
    expect(problemHeaders(error, 'given')['www-authenticate']).toBe(
      'Bearer realm="greencloud", error="invalid_token", error_description="no token"',
    );
  });
});

describe('wrong members', () => {
  const schema = z.strictObject({
    'a/b': z.number().int('must be whole').max(5, 'must be at most 5'),
    list: z.array(z.strictObject({ n: z.string() })),
    lang: z.enum(['js', 'py']).default('js'),
  });
  const errorsOf = (value: unknown, code: ErrorCode = 'VALIDATION_FAILED') => {
    try {
      parseInput(schema, value, code);
    } catch (error) {
      return (error as DomainError).fields;
    }
    return [];
  };

  it('are told all at once, by JSON pointer, unknown ones by name, each once', () => {
    expect(errorsOf({ 'a/b': 7.5, list: [{ n: 1 }, { n: 'x', '~m': 1 }], typo: 1 })).toEqual([
      { pointer: '/a~1b', detail: 'must be whole' },
      { pointer: '/list/0/n', detail: 'must be a string' },
      { pointer: '/list/1/~0m', detail: 'is not a known member' },
      { pointer: '/typo', detail: 'is not a known member' },
    ]);
  });

  it('are told when missing, and when the whole is no object', () => {
    expect(errorsOf({ list: [] })).toEqual([{ pointer: '/a~1b', detail: 'is required' }]);
    expect(errorsOf([])).toEqual([{ pointer: '', detail: 'must be an object' }]);
  });

  it('are told which words there are, or that one is missing', () => {
    expect(errorsOf({ 'a/b': 1, list: [], lang: 'cobol' })).toEqual([
      { pointer: '/lang', detail: 'must be js or py' },
    ]);
    const lang = z.strictObject({ lang: z.enum(['js', 'py']) });
    expect(() => parseInput(lang, {}, 'VALIDATION_FAILED')).toThrow('lang is required');
  });

  it('of a query are called parameters', () => {
    const [unknown] = errorsOf({ 'a/b': 1, list: [], typo: 1 }, 'INVALID_PARAMETER');
    expect(unknown).toEqual({ pointer: '/typo', detail: 'is not a known parameter' });
    const two = () => parseInput(schema, { typo: 1, other: 1 }, 'INVALID_PARAMETER');
    expect(two).toThrow('4 parameters are not valid');
  });

  it('with __proto__ for a name are unknown members', () => {
    expect(errorsOf(JSON.parse('{"a/b": 1, "list": [], "__proto__": {}}'))).toEqual([
      { pointer: '/__proto__', detail: 'is not a known member' },
    ]);
  });

  it('have short names in the answer', () => {
    const [error] = errorsOf({ 'a/b': 1, list: [], ['x'.repeat(5_000)]: 1 });
    expect(error?.pointer.length).toBeLessThan(200);
  });
});

describe('a request id', () => {
  it('is the given one where it can stand in a log line', () => {
    expect(requestIdOf('abc-123')).toBe('abc-123');
    for (const id of ['', 'a b', 'a\nb', 'x'.repeat(129), '"><script>']) {
      expect(requestIdOf(id)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
