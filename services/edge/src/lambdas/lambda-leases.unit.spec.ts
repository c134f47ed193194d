import { setImmediate as settled } from 'node:timers/promises';
import { DomainError, type ErrorCode, parseLambdaId, parseTenantId } from '@greencloud/domain';
import { describe, expect, it } from 'vitest';
import type { LambdaKey } from './lambda-catalog.ts';
import { createLambdaLeases, type LeasedLambda } from './lambda-leases.ts';

const freshForMs = 100;
const capabilities = { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false };

const keyOf = (lambda: number, tenant = 1): LambdaKey => ({
  tenantId: parseTenantId(`5f000000000000000000000${tenant}`),
  lambdaId: parseLambdaId(lambda.toString(16).padStart(24, '0')),
});
const key = keyOf(1);

/** A catalog with one version at a time, on a clock that goes on by hand. */
function catalog(options: { readonly max?: number } = {}) {
  const asked: LambdaKey[] = [];
  const state = {
    now: 0,
    version: 'v1',
    refusal: undefined as ErrorCode | undefined,
    freshForMs,
    /** Of a call. */
    tookMs: 0,
    answers: Promise.resolve(),
  };
  async function ask(wanted: LambdaKey): Promise<LeasedLambda> {
    asked.push(wanted);
    const { now: askedAt, version: codeVersion, refusal } = state;
    state.now += state.tookMs;
    await state.answers;
    if (refusal !== undefined) throw new DomainError(refusal, 'no');
    return { lambda: { codeVersion, capabilities }, askedAt, freshForMs: state.freshForMs };
  }
  const leases = createLambdaLeases({ ask, now: () => state.now, ...options });
  const versionAt = async (now: number, wanted = key) => {
    state.now = now;
    const { codeVersion } = await leases.resolve(wanted);
    await settled();
    return codeVersion;
  };
  return { state, asked, versionAt };
}

describe('a resolved lambda', () => {
  it('is used again until just before its lease ends, and not a moment longer', async () => {
    const { state, asked, versionAt } = catalog();
    await versionAt(0);
    state.version = 'v2';
    expect(await versionAt(49.9)).toBe('v1');
    expect(asked).toHaveLength(1);
    state.refusal = 'UNAVAILABLE';
    expect(await versionAt(99.9)).toBe('v1');
    state.refusal = undefined;
    expect(await versionAt(100)).toBe('v2');
  });

  it('is counted from the start of the call, however long the answer took', async () => {
    const { state, asked, versionAt } = catalog();
    state.tookMs = 40;
    await versionAt(1_000);
    state.tookMs = 0;
    state.refusal = 'UNAVAILABLE';
    expect(await versionAt(1_099.9)).toBe('v1');
    await expect(versionAt(1_100)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(asked).toHaveLength(3);
  });

  it('serves those who asked, and nobody else, when its lease ended on the way', async () => {
    const { state, asked, versionAt } = catalog();
    state.tookMs = 150;
    expect(await versionAt(0)).toBe('v1');
    state.tookMs = 0;
    await versionAt(150);
    expect(asked).toHaveLength(2);
  });

  it('is used once where the catalog grants no lease', async () => {
    const { state, asked, versionAt } = catalog();
    state.freshForMs = 0;
    await versionAt(0);
    await versionAt(0);
    expect(asked).toHaveLength(2);
  });

  it('is not another tenant’s, nor another lambda’s', async () => {
    const { asked, versionAt } = catalog();
    const keys = [keyOf(1, 1), keyOf(1, 2), keyOf(2, 1)];
    for (const each of [...keys, ...keys]) await versionAt(0, each);
    expect(asked).toEqual(keys);
  });

  it('makes room for others: the one that was used longest ago goes', async () => {
    const { asked, versionAt } = catalog({ max: 2 });
    for (const each of [keyOf(1), keyOf(2), keyOf(1), keyOf(3)]) await versionAt(0, each);
    expect(asked).toHaveLength(3);
    await versionAt(0, keyOf(1));
    expect(asked).toHaveLength(3);
    await versionAt(0, keyOf(2));
    expect(asked).toHaveLength(4);
  });
});

describe('the renewal of a lease', () => {
  it('keeps a lambda in use at hand for ever, with one call in half a lease', async () => {
    const { state, asked, versionAt } = catalog();
    await versionAt(0);
    const { promise, resolve } = Promise.withResolvers<void>();
    for (let now = 10; now < 1_050; now += 10) {
      // The last answer never comes: who would have to wait for one would wait for ever.
      if (now === 1_000) state.answers = promise;
      expect(await versionAt(now)).toBe('v1');
    }
    resolve();
    // At 0, and at 50, 100, 150 … 1,000.
    expect(asked).toHaveLength(21);
  });

  it('is one call, however many use the lambda meanwhile', async () => {
    const { state, asked, versionAt } = catalog();
    await versionAt(0);
    const { promise, resolve } = Promise.withResolvers<void>();
    state.answers = promise;
    state.version = 'v2';
    for (const now of [50, 60, 99]) expect(await versionAt(now)).toBe('v1');
    expect(asked).toHaveLength(2);
    resolve();
    await settled();
    // Of the renewal, which began at 50.
    expect(await versionAt(99.9)).toBe('v2');
    expect(asked).toHaveLength(2);
  });

  it('asks for nothing that nobody uses', async () => {
    const { asked, versionAt } = catalog();
    await versionAt(0);
    await versionAt(10_000, keyOf(2));
    expect(asked).toEqual([key, keyOf(2)]);
  });

  it.each(['LAMBDA_PAUSED', 'LAMBDA_NOT_FOUND', 'NO_RUNNER'] as const)(
    'that is refused with %s ends the lease at once, and a refusal is never used again',
    async (code) => {
      const { state, asked, versionAt } = catalog();
      await versionAt(0);
      state.refusal = code;
      expect(await versionAt(50)).toBe('v1');
      await expect(versionAt(51)).rejects.toMatchObject({ code });
      await expect(versionAt(51)).rejects.toMatchObject({ code });
      expect(asked).toHaveLength(4);
      state.refusal = undefined;
      expect(await versionAt(51)).toBe('v1');
    },
  );

  it('that fails leaves the lease to run out, and is tried again', async () => {
    const { state, asked, versionAt } = catalog();
    await versionAt(0);
    state.refusal = 'UNAVAILABLE';
    for (const now of [50, 51, 52]) expect(await versionAt(now)).toBe('v1');
    expect(asked).toHaveLength(4);
    state.refusal = undefined;
    state.version = 'v2';
    expect(await versionAt(53)).toBe('v1');
    expect(await versionAt(54)).toBe('v2');
  });
});
