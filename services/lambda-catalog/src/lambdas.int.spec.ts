import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CatalogClient,
  createLambda,
  type Draft,
  draft,
  putCode,
  STRANGER,
  startCatalog,
  TENANT,
  type TestCatalog,
} from './catalog-fixture.ts';

let catalog: TestCatalog;
let client: CatalogClient;
beforeAll(async () => {
  catalog = await startCatalog();
  client = catalog.client;
});
afterAll(() => catalog.close());

const notFound = { code: 'LAMBDA_NOT_FOUND', message: 'No such lambda' };
const newTenant = () => `tenant-${crypto.randomUUID()}`;

describe('a new lambda', () => {
  it('is what was given, without code, demands or a pause', async () => {
    const before = BigInt(Date.now());
    const key = await createLambda(client);
    const { lambda } = await client.unary('getLambda', { key });
    expect(lambda).toMatchObject({
      lambdaId: expect.stringMatching(/^[0-9a-f]{24}$/),
      name: 'resize',
      description: 'Resizes a picture',
      tags: ['image'],
      scmUrl: 'https://example.org/resize.git',
      lang: 'js',
      type: 'module',
      paused: false,
      codeVersion: '',
      capabilities: {},
    });
    expect(lambda?.createdAt).toBe(lambda?.updatedAt);
    expect(lambda?.createdAt).toBeGreaterThanOrEqual(before - 5_000n);
  });

  it('is refused with every wrong member', async () => {
    await expect(createLambda(client, { name: 'a b', lang: 'perl' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      fields: [{ pointer: '/name' }, { pointer: '/lang' }],
    });
  });

  it('of one request id is one lambda, at any concurrency', async () => {
    const request = { tenantId: newTenant(), requestId: 'r1' };
    const calls = Array.from({ length: 20 }, () => createLambda(client, request));
    const ids = new Set((await Promise.all(calls)).map(({ lambdaId }) => lambdaId));
    expect(ids.size).toBe(1);
    const { lambdas } = await list({ tenantId: request.tenantId });
    expect(lambdas).toHaveLength(1);
  });

  it('is another lambda for another tenant or another request id', async () => {
    const tenantId = newTenant();
    const keys = [
      await createLambda(client, { tenantId, requestId: 'r1' }),
      await createLambda(client, { tenantId, requestId: 'r2' }),
      await createLambda(client, { tenantId: newTenant(), requestId: 'r1' }),
      await createLambda(client, { tenantId }),
      await createLambda(client, { tenantId }),
    ];
    expect(new Set(keys.map(({ lambdaId }) => lambdaId)).size).toBe(5);
  });

  it('is refused when its request id came with another body, also after a change', async () => {
    const request = { tenantId: newTenant(), requestId: 'r1' };
    const key = await createLambda(client, request);
    const other = createLambda(client, { ...request, description: 'another' });
    await expect(other).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    await client.unary('updateLambda', { key, description: 'another' });
    expect(await createLambda(client, request)).toEqual(key);
  });

  it.each<[Partial<Draft>, string]>([
    [{ requestId: 'has blanks' }, 'INVALID_PARAMETER'],
    [{ requestId: 'x'.repeat(256) }, 'INVALID_PARAMETER'],
    [{ tenantId: '' }, 'NEEDS_LOGIN'],
    [{ tenantId: "'; drop table lambda;--" }, 'NEEDS_LOGIN'],
  ])('is refused with %j', async (change, code) => {
    await expect(createLambda(client, change)).rejects.toMatchObject({ code });
  });
});

describe('a change', () => {
  it('changes what it names and nothing else', async () => {
    const key = await createLambda(client);
    const { lambda: before } = await client.unary('getLambda', { key });
    const { lambda } = await client.unary('updateLambda', {
      key,
      description: '',
      tags: { tags: ['b', 'a'] },
    });
    expect(lambda).toEqual({
      ...before,
      description: '',
      tags: ['b', 'a'],
      updatedAt: lambda?.updatedAt,
    });
    expect(lambda?.updatedAt).toBeGreaterThanOrEqual(before?.updatedAt ?? 0n);
    const { lambda: emptied } = await client.unary('updateLambda', { key, tags: { tags: [] } });
    expect(emptied?.tags).toEqual([]);
    expect(await client.unary('getLambda', { key })).toEqual({ lambda: emptied });
  });

  it('of nothing is the lambda as it is', async () => {
    const key = await createLambda(client);
    const { lambda } = await client.unary('updateLambda', { key });
    expect(lambda).toMatchObject({ name: draft.name, tags: draft.tags });
  });

  it('is refused with a wrong member', async () => {
    const key = await createLambda(client);
    await expect(client.unary('updateLambda', { key, name: '' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      fields: [{ pointer: '/name' }],
    });
  });
});

describe('demands', () => {
  it('are kept, and replaced as a whole', async () => {
    const key = await createLambda(client);
    const capabilities = {
      timeout: 30,
      cpuCount: 2,
      memSize: 512,
      networkLatency: 2_147_483_647,
      privileged: false,
    };
    expect(await client.unary('setCapabilities', { key, capabilities })).toEqual({ capabilities });
    expect(await client.unary('getCapabilities', { key })).toEqual({ capabilities });
    await client.unary('setCapabilities', { key, capabilities: { memSize: 0 } });
    const { lambda } = await client.unary('getLambda', { key });
    expect(lambda?.capabilities).toEqual({ memSize: 0 });
  });

  it('are refused out of range', async () => {
    const key = await createLambda(client);
    const wrong = client.unary('setCapabilities', {
      key,
      capabilities: { timeout: 9, cpuCount: 5, memSize: 2_049 },
    });
    await expect(wrong).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      fields: [{ pointer: '/timeout' }, { pointer: '/cpuCount' }, { pointer: '/memSize' }],
    });
  });
});

it('pauses and goes on again', async () => {
  const key = await createLambda(client);
  expect(await client.unary('togglePause', { key })).toEqual({ paused: true });
  expect((await client.unary('getLambda', { key })).lambda?.paused).toBe(true);
  expect(await client.unary('togglePause', { key })).toEqual({ paused: false });
});

describe('a lambda that is foreign, missing or deleted', () => {
  const acts: [string, (key: { tenantId: string; lambdaId: string }) => Promise<unknown>][] = [
    ['getLambda', (key) => client.unary('getLambda', { key })],
    ['updateLambda', (key) => client.unary('updateLambda', { key, name: 'stolen' })],
    ['deleteLambda', (key) => client.unary('deleteLambda', { key })],
    ['getCapabilities', (key) => client.unary('getCapabilities', { key })],
    ['setCapabilities', (key) => client.unary('setCapabilities', { key, capabilities: {} })],
    ['putCode', (key) => putCode(client, key)],
    ['togglePause', (key) => client.unary('togglePause', { key })],
  ];

  it.each(acts)('answers %s alike in all three cases', async (_name, act) => {
    const key = await createLambda(client);
    const foreign = { ...key, tenantId: STRANGER };
    const missing = { tenantId: TENANT, lambdaId: 'f'.repeat(24) };
    const deleted = await createLambda(client);
    await client.unary('deleteLambda', { key: deleted });
    for (const other of [foreign, missing, deleted]) {
      await expect(act(other)).rejects.toMatchObject(notFound);
    }
    const { lambda } = await client.unary('getLambda', { key });
    expect(lambda).toMatchObject({ name: draft.name, paused: false, codeVersion: '' });
  });

  it('is in no list', async () => {
    const tenantId = newTenant();
    const kept = await createLambda(client, { tenantId });
    const deleted = await createLambda(client, { tenantId });
    await client.unary('deleteLambda', { key: deleted });
    await createLambda(client, { tenantId: newTenant() });
    const { lambdas } = await list({ tenantId });
    expect(lambdas.map(({ lambdaId }) => lambdaId)).toEqual([kept.lambdaId]);
  });
});

it.each([
  ['', 'INVALID_ID'],
  ['64058fee', 'INVALID_ID'],
  ['64058fee9956fae80d7e0e8\0', 'INVALID_ID'],
])('refuses the id %j', async (lambdaId, code) => {
  const key = { tenantId: TENANT, lambdaId };
  await expect(client.unary('getLambda', { key })).rejects.toMatchObject({ code });
  await expect(client.unary('getLambda', { key: undefined })).rejects.toMatchObject({
    code: 'INVALID_PARAMETER',
  });
});

const list = (request: { tenantId: string; tag?: string; pageSize?: number; pageToken?: string }) =>
  client.unary('listLambdas', { tag: '', pageSize: 0, pageToken: '', ...request });

describe('a list', () => {
  it('comes newest first, in pages without a gap or a double', async () => {
    const tenantId = newTenant();
    const made: string[] = [];
    for (let n = 0; n < 7; n += 1) made.push((await createLambda(client, { tenantId })).lambdaId);
    const seen: string[] = [];
    const sizes: number[] = [];
    let pageToken = '';
    do {
      const page = await list({ tenantId, pageSize: 3, pageToken });
      seen.push(...page.lambdas.map(({ lambdaId }) => lambdaId));
      sizes.push(page.lambdas.length);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(seen).toEqual(made.toReversed());
    expect(sizes).toEqual([3, 3, 1]);
  });

  it('has no next page when the last one is just full', async () => {
    const tenantId = newTenant();
    for (let n = 0; n < 2; n += 1) await createLambda(client, { tenantId });
    expect((await list({ tenantId, pageSize: 2 })).nextPageToken).toBe('');
  });

  it.each(['a\0b', ' ', 'é', 'x'.repeat(65)])(
    'is refused for a tag that is none: %j',
    async (tag) => {
      await expect(list({ tenantId: newTenant(), tag })).rejects.toMatchObject({
        code: 'INVALID_PARAMETER',
      });
    },
  );

  it('of a tag has what bears that tag, also over pages', async () => {
    const tenantId = newTenant();
    const tagged = [
      await createLambda(client, { tenantId, tags: ['a', 'b'] }),
      await createLambda(client, { tenantId, tags: ['b'] }),
    ];
    await createLambda(client, { tenantId, tags: ['bb'] });
    const first = await list({ tenantId, tag: 'b', pageSize: 1 });
    const second = await list({ tenantId, tag: 'b', pageToken: first.nextPageToken });
    expect([...first.lambdas, ...second.lambdas].map(({ lambdaId }) => lambdaId)).toEqual(
      tagged.map(({ lambdaId }) => lambdaId).toReversed(),
    );
    const other = list({ tenantId, tag: 'a', pageToken: first.nextPageToken });
    await expect(other).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });
});
