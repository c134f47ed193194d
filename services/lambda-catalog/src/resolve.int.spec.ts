import type { LambdaKey, ResolveLambdaResult } from '@greencloud/proto/lambda/v1/lambda_catalog';
import { openPool } from '@greencloud/testing';
import { Kysely, PostgresDialect } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type CatalogClient,
  createLambda,
  putCode,
  STRANGER,
  startCatalog,
  TENANT,
  type TestCatalog,
} from './catalog-fixture.ts';
import { resolveBatch } from './grpc/resolve-batch.ts';
import type { Database } from './postgres/database.ts';

let catalog: TestCatalog;
let client: CatalogClient;
beforeAll(async () => {
  catalog = await startCatalog();
  client = catalog.client;
});
afterAll(() => catalog.close());

async function resolve(keys: LambdaKey[]): Promise<ResolveLambdaResult['result'][]> {
  const { results } = await client.unary('resolveLambdas', { keys });
  return results.map(({ result }) => result);
}

const errorOf = (code: string) => ({ $case: 'error', value: expect.objectContaining({ code }) });
const noDemands = { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false };

it('answers each key in its place, whatever the others are', async () => {
  const ready = await createLambda(client);
  const codeVersion = await putCode(client, ready);
  const demanding = await createLambda(client);
  const demandingVersion = await putCode(client, demanding);
  const demands = { cpuCount: 2, memSize: 256, networkLatency: 30, privileged: true };
  await client.unary('setCapabilities', {
    key: demanding,
    capabilities: { ...demands, timeout: 20 },
  });
  const empty = await createLambda(client);
  const paused = await createLambda(client);
  await putCode(client, paused);
  await client.unary('togglePause', { key: paused });
  const deleted = await createLambda(client);
  await putCode(client, deleted);
  await client.unary('deleteLambda', { key: deleted });

  const answers: [LambdaKey, unknown][] = [
    [{ ...ready, tenantId: STRANGER }, errorOf('LAMBDA_NOT_FOUND')],
    [ready, { $case: 'lambda', value: { codeVersion, capabilities: noDemands } }],
    [empty, errorOf('NO_RUNNER')],
    [{ tenantId: TENANT, lambdaId: 'a'.repeat(24) }, errorOf('LAMBDA_NOT_FOUND')],
    [paused, errorOf('LAMBDA_PAUSED')],
    [
      demanding,
      { $case: 'lambda', value: { codeVersion: demandingVersion, capabilities: demands } },
    ],
    [{ tenantId: TENANT, lambdaId: 'no id' }, errorOf('LAMBDA_NOT_FOUND')],
    [{ tenantId: '\0', lambdaId: '\0' }, errorOf('LAMBDA_NOT_FOUND')],
    [deleted, errorOf('LAMBDA_NOT_FOUND')],
    [
      { ...ready, lambdaId: ready.lambdaId.toUpperCase() },
      { $case: 'lambda', value: { codeVersion, capabilities: noDemands } },
    ],
    [ready, { $case: 'lambda', value: { codeVersion, capabilities: noDemands } }],
  ];
  const resolved = await resolve(answers.map(([key]) => key));
  expect(resolved).toEqual(answers.map(([, answer]) => answer));
});

it('sees a new version, a pause and a deletion at once', async () => {
  const key = await createLambda(client);
  expect(await resolve([key])).toEqual([errorOf('NO_RUNNER')]);
  for (let upload = 0; upload < 2; upload += 1) {
    const codeVersion = await putCode(client, key);
    expect(await resolve([key])).toMatchObject([{ value: { codeVersion } }]);
  }
  await client.unary('togglePause', { key });
  expect(await resolve([key])).toEqual([errorOf('LAMBDA_PAUSED')]);
  await client.unary('togglePause', { key });
  await client.unary('deleteLambda', { key });
  expect(await resolve([key])).toEqual([errorOf('LAMBDA_NOT_FOUND')]);
});

it('asks Postgres once for 1,000 keys, and refuses more', async () => {
  const key = await createLambda(client);
  const codeVersion = await putCode(client, key);
  const keys = Array.from({ length: 1_000 }, () => key);
  const queries: string[] = [];
  const counting = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: openPool(catalog.database.url) }),
    log: ({ query }) => void queries.push(query.sql),
  });
  const resolved = await resolveBatch(counting, keys);
  await counting.destroy();
  expect(queries).toHaveLength(1);
  expect(resolved).toEqual(keys.map(() => ({ codeVersion, capabilities: noDemands })));
  await expect(resolve([...keys, key])).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
});

it('answers nothing to nothing', async () => {
  expect(await resolve([])).toEqual([]);
});
