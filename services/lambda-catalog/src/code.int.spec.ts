import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from 'kysely';
import {
  type CatalogClient,
  createLambda,
  HELLO,
  putCode,
  startCatalog,
  type TestCatalog,
} from './catalog-fixture.ts';

let catalog: TestCatalog;
let client: CatalogClient;
beforeAll(async () => {
  catalog = await startCatalog();
  client = catalog.client;
});
afterAll(() => catalog.close());

const codeOf = async (codeVersion: string) =>
  (await client.unary('getCode', { codeVersion })).code.toString();

it('keeps every upload, and makes the last one current', async () => {
  const key = await createLambda(client);
  const first = await putCode(client, key);
  const second = await putCode(client, key, 'export default () => "héllo 🚲";');
  expect(first).toMatch(/^[0-9a-f]{24}$/);
  expect(first).not.toBe(second);
  expect(await codeOf(first)).toBe(HELLO);
  expect(await codeOf(second)).toBe('export default () => "héllo 🚲";');
  expect((await client.unary('getLambda', { key })).lambda?.codeVersion).toBe(second);
});

it('makes a version also of the same bytes', async () => {
  const key = await createLambda(client);
  expect(await putCode(client, key)).not.toBe(await putCode(client, key));
});

it('keeps the code of a deleted lambda for the tasks that were issued', async () => {
  const key = await createLambda(client);
  const version = await putCode(client, key);
  await client.unary('deleteLambda', { key });
  expect(await codeOf(version)).toBe(HELLO);
});

it('refuses a module that does not parse with its line, and keeps the version before', async () => {
  const key = await createLambda(client);
  const version = await putCode(client, key);
  const broken = putCode(client, key, 'export default () => {\n  retrun 1;\n};');
  await expect(broken).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    message: 'The code is refused: line 2, column 10: Unexpected token',
    fields: [{ pointer: '', detail: 'line 2, column 10: Unexpected token' }],
  });
  expect((await client.unary('getLambda', { key })).lambda?.codeVersion).toBe(version);
});

it('takes 1 MiB and refuses more', async () => {
  const key = await createLambda(client);
  const limit = 1024 * 1024;
  const full = `${HELLO}\n//${'x'.repeat(limit - HELLO.length - 3)}`;
  const version = await putCode(client, key, full);
  expect(await codeOf(version)).toHaveLength(limit);
  await expect(putCode(client, key, `${full}x`)).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
  });
});

it.each([
  { lang: 'py', type: 'module' },
  { lang: 'js', type: 'docker' },
])('takes no code for %j', async (change) => {
  const key = await createLambda(client, change);
  await expect(putCode(client, key)).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    message: expect.stringContaining('type module and lang js'),
  });
});

it.each(['', '['.repeat(500_000), 'export const handler = 1;'])(
  'refuses hostile and useless code %#, and goes on',
  async (text) => {
    const key = await createLambda(client);
    await expect(putCode(client, key, text)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await putCode(client, key);
  },
);

it('answers other calls while it parses a large module', async () => {
  const key = await createLambda(client);
  const statement = 'export const f = (a, b) => ({ ...a, b: [1, 2, b?.c ?? 3] });\n';
  let text = 'export default 1;\n';
  for (let n = 0; text.length < 300_000; n += 1) text += statement.replace('f', `f${n}`);
  const upload = new AbortController();
  const uploaded = putCode(client, key, text).finally(() => upload.abort());
  let answered = 0;
  while (!upload.signal.aborted) {
    await client.unary('getLambda', { key });
    answered += 1;
  }
  await uploaded;
  // On the main thread it would be one call of more than a tenth of a second.
  expect(answered).toBeGreaterThan(10);
});

it('lets nobody change or remove a version, not even in SQL', async () => {
  const key = await createLambda(client);
  const version = await putCode(client, key);
  for (const act of [
    sql`update lambda_catalog.code_version set code = 'x'`,
    sql`delete from lambda_catalog.code_version`,
    sql`truncate lambda_catalog.code_version`,
  ]) {
    await expect(act.execute(catalog.db)).rejects.toMatchObject({ code: 'LC001' });
  }
  expect(await codeOf(version)).toBe(HELLO);
});

it('does not know other versions', async () => {
  await expect(codeOf('f'.repeat(24))).rejects.toMatchObject({ code: 'LAMBDA_NOT_FOUND' });
  await expect(codeOf('latest')).rejects.toMatchObject({ code: 'INVALID_ID' });
});
