import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseInput, queryOf } from '../routing/input.ts';
import { headersOf } from '../routing/request-headers.ts';
import { linkToNext } from './paging.ts';
import { routes } from './routes.ts';
import { entityTagOf, isNoneMatch, versionSeen } from './tasks/entity-tag.ts';
import { zIdempotencyKey } from './tasks/idempotency-key.ts';
import { preferredWaitOf } from './tasks/preferred-wait.ts';

function bodyErrors(operation: string, body: unknown) {
  const route = routes.find((one) => one.operation === operation);
  if (route?.body === undefined) throw new Error(`${operation} has no body`);
  try {
    parseInput(route.body.schema, body, 'VALIDATION_FAILED');
  } catch (error) {
    return (error as { fields: { pointer: string; detail: string }[] }).fields;
  }
  return [];
}

describe('the routes', () => {
  it('each have an operation name and a method and path of their own', () => {
    const operations = routes.map(({ operation }) => operation);
    const doors = routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(operations).size).toBe(routes.length);
    expect(new Set(doors).size).toBe(routes.length);
  });
});

describe('a new task', () => {
  const lambdaId = '64058fee9956fae80d7e0e8e';
  const good = { lambdaId, timeout: 10 };

  it.each([
    good,
    { ...good, timeout: 120 },
    { ...good, timeout: 11.0 },
    { ...good, inlinePayload: '' },
    { ...good, inlinePayload: '{strict: no}' },
    { ...good, inlinePayload: { a: [1] } },
    { ...good, inlinePayload: [] },
    { ...good, lambdaId: lambdaId.toUpperCase() },
  ])('is valid: %j', (body) => {
    expect(bodyErrors('createTask', body)).toEqual([]);
  });

  it.each<[object, string, string]>([
    [{ ...good, timeout: 9 }, '/timeout', 'must be at least 10 seconds'],
    [{ ...good, timeout: 121 }, '/timeout', 'must be at most 120 seconds'],
    [{ ...good, timeout: 10.5 }, '/timeout', 'must be whole seconds'],
    [{ ...good, timeout: 1e300 }, '/timeout', 'must be whole seconds'],
    [{ ...good, timeout: '10' }, '/timeout', 'must be a number'],
    [{ ...good, timeout: null }, '/timeout', 'must be a number'],
    [{ lambdaId }, '/timeout', 'is required'],
    [{ timeout: 10 }, '/lambdaId', 'is required'],
    [{ ...good, lambdaId: 'x' }, '/lambdaId', 'must be 24 hexadecimal characters'],
    [{ ...good, lambdaId: 5 }, '/lambdaId', 'must be a string'],
    [{ ...good, inlinePayload: 5 }, '/inlinePayload', 'must be a string'],
    [{ ...good, inlinePayload: null }, '/inlinePayload', 'must be a string'],
    [{ ...good, inlinePayload: '\ud800' }, '/inlinePayload', 'whole Unicode'],
    [{ ...good, inlinePayLoad: 'x' }, '/inlinePayLoad', 'is not a known member'],
  ])('%j is wrong at %s', (body, pointer, detail) => {
    expect(bodyErrors('createTask', body)).toEqual([
      { pointer, detail: expect.stringContaining(detail) },
    ]);
  });

  it('tells all that is wrong at once', () => {
    expect(bodyErrors('createTask', { timeout: 9, lambdaID: 'x', inlinePayload: 1 })).toHaveLength(
      4,
    );
  });
});

describe('a new lambda', () => {
  const good = { name: 'hello', lang: 'js', type: 'module' };

  it.each([
    good,
    {
      ...good,
      description: 'A "printable" one.',
      tag: ['a', 'b-1'],
      scmUrl: 'https://x.test/r.git',
    },
  ])('is valid: %j', (body) => {
    expect(bodyErrors('createLambda', body)).toEqual([]);
  });

  it.each<[object, string]>([
    [{ ...good, name: '' }, '/name'],
    [{ ...good, name: 'a b' }, '/name'],
    [{ ...good, name: 'a'.repeat(65) }, '/name'],
    [{ ...good, description: 'é' }, '/description'],
    [{ ...good, description: 'x'.repeat(81) }, '/description'],
    [{ ...good, tag: 'a' }, '/tag'],
    [{ ...good, tag: [''] }, '/tag/0'],
    [{ ...good, scmUrl: 'javascript:alert(1)' }, '/scmUrl'],
    [{ ...good, scmUrl: 'no url' }, '/scmUrl'],
    [{ ...good, lang: 'perl' }, '/lang'],
    [{ ...good, type: 'wasm' }, '/type'],
    [{ ...good, owner: 'me' }, '/owner'],
  ])('%j is wrong at %s', (body, pointer) => {
    expect(bodyErrors('createLambda', body).map((error) => error.pointer)).toEqual([pointer]);
  });
});

describe('capabilities', () => {
  it.each<[object, string[]]>([
    [{}, []],
    [{ timeout: 10, cpuCount: 4, memSize: 2_048, networkLatency: 0, privileged: false }, []],
    [
      { timeout: 9, cpuCount: 5, memSize: 2_049, networkLatency: -1, privileged: 1 },
      ['/timeout', '/cpuCount', '/memSize', '/networkLatency', '/privileged'],
    ],
    [{ cpuCount: 1.5 }, ['/cpuCount']],
    [{ gpu: 1 }, ['/gpu']],
  ])('%j are wrong at %j', (body, pointers) => {
    expect(bodyErrors('setLambdaCapabilities', body).map(({ pointer }) => pointer)).toEqual(
      pointers,
    );
  });
});

describe('Prefer', () => {
  it.each<[string | undefined, number | undefined]>([
    [undefined, undefined],
    ['wait=10', 10],
    ['respond-async, wait=7', 7],
    ['WAIT = "5"; x=1', 5],
    ['wait=600', 60],
    ['wait=0', undefined],
    ['wait=-1', undefined],
    ['wait=1.5', undefined],
    ['waiter=3', undefined],
    ['wait=3, wait=9', 3],
  ])('%j waits %j', (header, seconds) => {
    expect(preferredWaitOf(header)).toBe(seconds);
  });
});

describe('If-None-Match', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, true],
    ['"2"', true],
    ['"3"', false],
    ['W/"3"', false],
    ['"1", W/"3"', false],
    ['*', false],
    ['3', true],
  ])('%j calls for the body: %j', (header, none) => {
    expect(isNoneMatch(header, entityTagOf(3))).toBe(none);
  });
});

describe('the version that a client has seen', () => {
  it.each<[string | undefined, number]>([
    [undefined, 0],
    ['"2"', 2],
    ['W/"3"', 3],
    ['"1", W/"3", "2"', 3],
    ['*', 0],
    ['"other"', 0],
    ['"99999999999"', 0],
    ['"4294967296"', 0],
  ])('of %j is %j', (header, version) => {
    expect(versionSeen(header)).toBe(version);
  });
});

describe('Link', () => {
  it('keeps the query, changes the cursor, and is relative', () => {
    const query = { limit: 2, state: 'finished', cursor: 'old', node: undefined };
    expect(linkToNext('/v1/task/list', query, 'a+b/c=')).toEqual({
      link: '</v1/task/list?limit=2&state=finished&cursor=a%2Bb%2Fc%3D>; rel="next"',
    });
  });

  it('is not there on the last page', () => {
    expect(linkToNext('/v1/task/list', {}, '')).toEqual({});
  });

  it('cannot be broken out of by what the caller sent', () => {
    const { link } = linkToNext('/v1/task/list', { tag: 'x>; rel="evil"\r\n' }, 'c');
    expect(link).toMatch(/^<[^>\s"]+>; rel="next"$/);
  });
});

describe('Idempotency-Key', () => {
  const schema = z.object({ 'Idempotency-Key': zIdempotencyKey });
  const keyOf = (key: string | undefined) =>
    headersOf(schema, { header: (name) => (name === 'idempotency-key' ? key : undefined) });

  it.each([undefined, 'a', '!~', 'x'.repeat(255)])('%j is taken', (key) => {
    expect(keyOf(key)).toEqual({ 'Idempotency-Key': key });
  });

  it.each(['', 'a b', 'é', 'x'.repeat(256), 'a\u0007'])('%j is refused', (key) => {
    expect(() => keyOf(key)).toThrow(
      expect.objectContaining({
        code: 'INVALID_PARAMETER',
        fields: [{ pointer: '/Idempotency-Key', detail: expect.stringContaining('visible ASCII') }],
      }),
    );
  });
});

describe('a query', () => {
  it('is read by name, and no name twice', () => {
    expect(queryOf('a=1&b=%20')).toEqual({ a: '1', b: ' ' });
    expect(() => queryOf('a=1&a=2')).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER' }),
    );
  });
});
