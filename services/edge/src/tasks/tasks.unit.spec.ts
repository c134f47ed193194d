import { parseLambdaId, parseTaskId, parseTenantId } from '@greencloud/domain';
import { describe, expect, it } from 'vitest';
import { issueTask } from './issue-task.ts';
import { payloadOf } from './payload.ts';
import type { NewTask } from './task-services.ts';
import { mayBeText, textResultOf } from './text-result.ts';

const tenantId = parseTenantId('5f0000000000000000000001');
const lambdaId = parseLambdaId('64058fee9956fae80d7e0e8e');

describe('a payload', () => {
  const limit = 256 * 1024;

  it.each<[string | object, string, string]>([
    ['{"a":1}', 'application/json', '{"a":1}'],
    [' [1 ] ', 'application/json', ' [1 ] '],
    ['5', 'application/json', '5'],
    ['"x"', 'application/json', '"x"'],
    ['{strict: no}', 'text/plain', '{strict: no}'],
    ['', 'text/plain', ''],
    ['žluťoučký\u0000\u2028', 'text/plain', 'žluťoučký\u0000\u2028'],
    [{ a: [1, 'ž'] }, 'application/json', '{"a":[1,"ž"]}'],
    [[], 'application/json', '[]'],
  ])('%j goes out as %s, byte for byte', (given, contentType, body) => {
    expect(payloadOf(given, limit)).toEqual({ contentType, body: Buffer.from(body) });
  });

  it('keeps a member called __proto__', () => {
    const given = JSON.parse('{"__proto__":{"a":1}}') as object;
    expect(payloadOf(given, limit)?.body.toString()).toBe('{"__proto__":{"a":1}}');
  });

  it('may be left out', () => {
    expect(payloadOf(undefined, limit)).toBeUndefined();
  });

  it('is measured in bytes, not in characters', () => {
    expect(payloadOf('x'.repeat(limit), limit)?.body).toHaveLength(limit);
    for (const given of ['x'.repeat(limit + 1), 'ž'.repeat(limit / 2 + 1)]) {
      expect(() => payloadOf(given, limit)).toThrow(
        expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' }),
      );
    }
  });
});

describe('a text result', () => {
  it.each<[string, number, boolean]>([
    ['text/plain', 10, true],
    ['text/html; charset=utf-8', 10, true],
    ['application/json', 65_536, true],
    ['application/json', 65_537, false],
    ['application/problem+json', 10, true],
    ['image/svg+xml', 10, false],
    ['application/octet-stream', 10, false],
    ['text/plain; charset=iso-8859-2', 10, false],
    ['', 10, false],
  ])('of %j and %i bytes: %j', (contentType, size, expected) => {
    expect(mayBeText({ contentType, size, hash: '' })).toBe(expected);
  });

  it('is left out when its bytes are no UTF-8', async () => {
    const result = { size: 1, contentType: 'text/plain', hash: '' };
    const view = { outcome: 'succeeded', status: 200, result } as Parameters<
      typeof textResultOf
    >[1];
    const key = { tenantId, taskId: parseTaskId('63f47d1c5bd6eeef8211c83e') };
    const of = (body: Buffer) =>
      textResultOf(key, view, { get: async () => ({ contentType: 'text/plain', body }) });
    expect(await of(Buffer.from([0xff]))).toBeUndefined();
    expect(await of(Buffer.from('x'))).toEqual({
      status: 200,
      contentType: 'text/plain',
      body: 'x',
    });
  });
});

describe('issuing', () => {
  const capabilities = { cpuCount: 1, memSize: 2, networkLatency: 3, privileged: true };

  async function issued(change: object): Promise<NewTask> {
    const tasks: NewTask[] = [];
    const payload = payloadOf('p', 10);
    const wanted = { tenantId, lambdaId, timeoutSeconds: 10, payload, idempotencyKey: 'k' };
    await issueTask(
      { ...wanted, ...change },
      {
        lambdas: { resolve: async () => ({ codeVersion: 'c', capabilities }) },
        taskCommands: {
          async issue(task) {
            tasks.push(task);
            return { taskId: 't', origin: 'issued now' };
          },
          replay: async () => undefined,
        },
        waitingTasks: { admit: async () => undefined },
      },
    );
    return tasks[0] as NewTask;
  }

  it('fixes the code version and the capabilities of this moment', async () => {
    expect(await issued({})).toMatchObject({ codeVersion: 'c', capabilities });
  });

  it('hashes what was asked for: the same request the same, any other another', async () => {
    const hashOf = async (change: object) =>
      Buffer.from((await issued(change)).idempotency?.requestHash ?? []).toString('hex');
    const hashes = await Promise.all([
      hashOf({}),
      hashOf({ timeoutSeconds: 11 }),
      hashOf({ payload: payloadOf('q', 10) }),
      hashOf({ payload: payloadOf('', 10) }),
      hashOf({ payload: undefined }),
      hashOf({ lambdaId: parseLambdaId('64058fee9956fae80d7e0e8f') }),
    ]);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(await hashOf({ idempotencyKey: 'another key' })).toBe(hashes[0]);
  });

  it('without a key hashes nothing', async () => {
    expect((await issued({ idempotencyKey: undefined })).idempotency).toBeUndefined();
  });
});
