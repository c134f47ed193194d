import { setTimeout as sleep } from 'node:timers/promises';
import type { LambdaKey } from '@greencloud/proto/lambda/v1/lambda_catalog';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type CatalogClient,
  createLambda,
  putCode,
  startCatalog,
  type TestCatalog,
} from './catalog-fixture.ts';
import { type AnswerLease, createAnswerLease, type OlderAnswers } from './lease/answer-lease.ts';

const catalogs: TestCatalog[] = [];
afterEach(async () => {
  for (const catalog of catalogs.splice(0)) await catalog.close();
});

async function clientOf(lease?: AnswerLease): Promise<CatalogClient> {
  const catalog = await startCatalog(lease);
  catalogs.push(catalog);
  return catalog.client;
}

async function runnable(client: CatalogClient): Promise<LambdaKey> {
  const key = await createLambda(client);
  await putCode(client, key);
  return key;
}

/** A lease that says when it was waited for, and waits for nothing. */
function recordingLease() {
  const waits: OlderAnswers[] = [];
  const lease: AnswerLease = {
    // No machine is so slow that it would have run out by itself.
    freshForMs: 60_000,
    runOut: async (olderAnswers) => void waits.push(olderAnswers),
  };
  return { waits, lease };
}

type Change = (client: CatalogClient, key: LambdaKey) => Promise<unknown>;

const changes: [string, Change][] = [
  ['a pause', (client, key) => client.unary('togglePause', { key })],
  ['a deletion', (client, key) => client.unary('deleteLambda', { key })],
  ['new code', (client, key) => putCode(client, key)],
  [
    'other demands',
    (client, key) => client.unary('setCapabilities', { key, capabilities: { memSize: 64 } }),
  ],
];

/** By how many ms the change was answered after the last older answer had run out. */
async function slackOf(change: Change, client: CatalogClient): Promise<number> {
  const key = await runnable(client);
  const ask = async () => {
    const askedAt = performance.now();
    const { results, freshForMs } = await client.unary('resolveLambdas', { keys: [key] });
    return { said: JSON.stringify(results), usableUntil: askedAt + freshForMs };
  };
  const older = await ask();
  let usableUntil = older.usableUntil;
  const asking = new AbortController();
  const answeredAt = change(client, key).then(() => {
    asking.abort();
    return performance.now();
  });
  while (!asking.signal.aborted) {
    const answer = await ask();
    if (answer.said === older.said) usableUntil = answer.usableUntil;
    await sleep(1);
  }
  return (await answeredAt) - usableUntil;
}

describe.each(changes)('%s', (_name, change) => {
  it('is answered when no older answer may be used any more', async () => {
    expect(await slackOf(change, await clientOf())).toBeGreaterThan(0);
  });

  it('would be answered too early without its wait (control)', async () => {
    expect(await slackOf(change, await clientOf(recordingLease().lease))).toBeLessThan(0);
  });

  it('waits without a connection to Postgres', async () => {
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    let waiting = 0;
    const client = await clientOf({
      freshForMs: 100,
      async runOut(olderAnswers) {
        if (olderAnswers === 'none') return;
        waiting += 1;
        await over;
      },
    });
    const keys = await Promise.all(Array.from({ length: 8 }, () => runnable(client)));
    const pending = keys.map((key) => change(client, key));
    await expect.poll(() => waiting).toBe(keys.length);
    // The pool has four.
    expect((await client.unary('listLambdas', listOf(keys))).lambdas).toBeDefined();
    end();
    await Promise.all(pending);
  });
});

const listOf = ([key]: LambdaKey[]) => ({
  tenantId: key?.tenantId ?? '',
  tag: '',
  pageSize: 0,
  pageToken: '',
});

describe('a change that nobody can have resolved before', () => {
  it('waits for nothing: a new lambda, its first code, and whatever it is told before', async () => {
    const { waits, lease } = recordingLease();
    const client = await clientOf(lease);
    const key = await createLambda(client);
    await client.unary('setCapabilities', { key, capabilities: { memSize: 64 } });
    await client.unary('togglePause', { key });
    await client.unary('togglePause', { key });
    await putCode(client, key);
    await client.unary('deleteLambda', { key: await createLambda(client) });
    expect(new Set(waits)).toEqual(new Set(['none']));
  });

  it('is one of several first uploads at once, and no other', async () => {
    const { waits, lease } = recordingLease();
    const client = await clientOf(lease);
    const key = await createLambda(client);
    const versions = await Promise.all(Array.from({ length: 20 }, () => putCode(client, key)));
    expect(waits.filter((older) => older === 'none')).toHaveLength(1);
    expect(waits).toHaveLength(20);
    expect(new Set(versions).size).toBe(20);
  });

  it('is that a paused lambda goes on, or what it is called', async () => {
    const { waits, lease } = recordingLease();
    const client = await clientOf(lease);
    const key = await runnable(client);
    await client.unary('togglePause', { key });
    waits.length = 0;
    await client.unary('togglePause', { key });
    await client.unary('updateLambda', { key, name: 'other', description: 'other' });
    expect(waits).toEqual(['none']);
  });

  it('is none of a paused lambda: the pause may be a moment old', async () => {
    const { waits, lease } = recordingLease();
    const client = await clientOf(lease);
    const key = await runnable(client);
    await client.unary('togglePause', { key });
    waits.length = 0;
    await putCode(client, key);
    await client.unary('setCapabilities', { key, capabilities: {} });
    await client.unary('deleteLambda', { key });
    expect(waits).toEqual(Array(3).fill('may be in use'));
  });
});

it('waits also for demands that are set again: the first time may have been a moment ago', async () => {
  const { waits, lease } = recordingLease();
  const client = await clientOf(lease);
  const key = await runnable(client);
  waits.length = 0;
  for (let time = 0; time < 2; time += 1) {
    await client.unary('setCapabilities', { key, capabilities: { memSize: 64 } });
  }
  expect(waits).toEqual(Array(2).fill('may be in use'));
});

it('waits also to say that it is deleted already: the first answer may have been lost', async () => {
  const { waits, lease } = recordingLease();
  const client = await clientOf(lease);
  const key = await runnable(client);
  await client.unary('deleteLambda', { key });
  waits.length = 0;
  const again = client.unary('deleteLambda', { key });
  await expect(again).rejects.toMatchObject({ code: 'LAMBDA_NOT_FOUND' });
  expect(waits).toEqual(['may be in use']);
  const foreign = { key: { ...key, tenantId: '5f0000000000000000000009' } };
  await expect(client.unary('deleteLambda', foreign)).rejects.toMatchObject({
    code: 'LAMBDA_NOT_FOUND',
  });
  expect(waits).toEqual(['may be in use']);
});

it('gives up a wait at the deadline of its call', async () => {
  const client = await clientOf(createAnswerLease(60_000));
  const key = await runnable(client);
  const paused = client.unary('togglePause', { key }, { deadlineMs: 1_000 });
  await expect(paused).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  // Nothing was promised, and yet it is done.
  expect((await client.unary('getLambda', { key })).lambda?.paused).toBe(true);
});
