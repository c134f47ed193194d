import { fileURLToPath } from 'node:url';
import { createGrpcClient } from '@greencloud/grpc';
import { LambdaCatalogServiceClient } from '@greencloud/proto/lambda/v1/lambda_catalog';
import {
  eventually,
  freePort,
  runProcess,
  startProcess,
  withPostgres,
  withPostgresServer,
} from '@greencloud/testing';
import { expect, it } from 'vitest';
import { createLambda, putCode } from './catalog-fixture.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const migrate = fileURLToPath(new URL('migrate.ts', import.meta.url));

it('migrates once, however often and from wherever it is asked to', async () => {
  await using database = await withPostgres();
  const run = () => runProcess({ entry: migrate, env: { GC_DATABASE_URL: database.url } });
  const [first, second] = await Promise.all([run(), run()]);
  const third = await run();
  expect([first.code, second.code, third.code]).toEqual([0, 0, 0]);
  expect(third.output).toContain('"migrated":[]');
  const { rows } = await database.pool.query(
    'select name from lambda_catalog.migration order by 1',
  );
  expect(rows.map(({ name }) => name)).toEqual(['0001-lambdas', '0002-immutable-code']);
  const elsewhere = await database.pool.query(
    `select tablename from pg_tables where schemaname = 'public'`,
  );
  expect(elsewhere.rows).toEqual([]);
});

it('names every bad variable and shows no secret when it cannot start', async () => {
  const env = { GC_DATABASE_URL: 'mysql://u:hunter2@h/d', GC_GRPC_ADDRESS: 'here' };
  const { code, output } = await runProcess({ entry: main, env });
  expect(code).toBe(1);
  expect(output).toContain('GC_DATABASE_URL');
  expect(output).toContain('GC_GRPC_ADDRESS');
  expect(output).not.toContain('hunter2');
});

it('is not ready before its last migration', async () => {
  await using database = await withPostgres();
  const admin = `127.0.0.1:${await freePort()}`;
  const env = { GC_DATABASE_URL: database.url, GC_ADMIN_ADDRESS: admin };
  const starting = startProcess({ entry: main, env });
  const problems = async () => (await fetch(`http://${admin}/readyz`)).text();
  await eventually(async () => expect(await problems()).toContain('0002-immutable-code'));
  expect((await runProcess({ entry: migrate, env })).code).toBe(0);
  await using _service = await starting;
  expect((await fetch(`http://${admin}/readyz`)).status).toBe(200);
});

it('is not ready while Postgres is away, refuses calls as unavailable, and comes back', async () => {
  await using postgres = await withPostgresServer();
  const env = { GC_DATABASE_URL: postgres.url };
  expect((await runProcess({ entry: migrate, env })).code).toBe(0);
  await using service = await startProcess({ entry: main, env });
  const { grpc = '', admin = '' } = service.ready;
  const readiness = async () => (await fetch(`${admin}/readyz`)).status;
  expect(await readiness()).toBe(200);
  const client = createGrpcClient(LambdaCatalogServiceClient, grpc);
  const key = await createLambda(client);

  await postgres.kill();
  await expect(createLambda(client)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await eventually(async () => expect(await readiness()).toBe(503));
  await postgres.start();
  await eventually(async () => expect(await readiness()).toBe(200));
  expect((await client.unary('getLambda', { key })).lambda?.lambdaId).toBe(key.lambdaId);
  client.close();
  expect(await service.stop()).toEqual({ code: 0, signal: null });
});

it('answers a change in its wait also when it is told to stop, and no sooner', async () => {
  await using database = await withPostgres();
  const env = { GC_DATABASE_URL: database.url };
  expect((await runProcess({ entry: migrate, env })).code).toBe(0);
  await using service = await startProcess({ entry: main, env });
  const client = createGrpcClient(LambdaCatalogServiceClient, service.ready.grpc ?? '');
  const key = await createLambda(client);
  await putCode(client, key);
  const { freshForMs } = await client.unary('resolveLambdas', { keys: [key] });
  const begun = performance.now();
  const pause = client
    .unary('togglePause', { key })
    .then((answer) => ({ answer, tookMs: performance.now() - begun }));
  const committed = async () => {
    const { rows } = await database.pool.query('select paused from lambda_catalog.lambda');
    return rows[0]?.paused === true;
  };
  await eventually(committed);
  const stopped = service.stop();
  const { answer, tookMs } = await pause;
  expect(answer).toEqual({ paused: true });
  expect(tookMs).toBeGreaterThan(freshForMs);
  expect(await stopped).toEqual({ code: 0, signal: null });
  client.close();
});
