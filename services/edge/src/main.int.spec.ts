import { fileURLToPath } from 'node:url';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runProcess, startProcess, temporaryFolder } from '@greencloud/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { startFakeBackends } from './grpc/testing/fake-backends.ts';
import { createTokenMint, testAudience, testIssuer } from './testing/token-mint.ts';

const entry = fileURLToPath(new URL('main.ts', import.meta.url));
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function startService() {
  const folder = await temporaryFolder('edge');
  closers.push(() => folder.remove());
  const jwks = path.join(folder.path, 'jwks.json');
  const mint = await createTokenMint('main');
  await writeFile(jwks, JSON.stringify({ keys: [mint.publicJwk] }));
  const backends = await startFakeBackends();
  closers.push(() => backends.close());
  const service = await startProcess({
    entry,
    env: {
      GC_HTTP_ADDRESS: '127.0.0.1:0',
      GC_TASK_COMMAND_ADDRESS: backends.addresses.taskCommand,
      GC_PROJECTION_ADDRESS: backends.addresses.projection,
      GC_SCHEDULER_ADDRESS: backends.addresses.scheduler,
      GC_LAMBDA_CATALOG_ADDRESS: backends.addresses.lambdaCatalog,
      GC_TOKEN_ISSUER: testIssuer,
      GC_TOKEN_AUDIENCE: testAudience,
      GC_JWKS: jwks,
    },
  });
  closers.push(() => service.stop());
  return { service, backends, token: await mint.token() };
}

describe('the edge as a process', () => {
  it('serves, is ready, shows its metrics, and stops on SIGTERM', async () => {
    const { service, token } = await startService();
    const { http = '', admin = '' } = service.ready;
    const headers = { authorization: token };
    expect((await fetch(`${http}/v1/node/list`, { headers })).status).toBe(200);
    expect((await fetch(`${admin}/livez`)).status).toBe(200);
    expect((await fetch(`${admin}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`${admin}/metrics`)).text();
    expect(metrics).toMatch(/http_request_duration_seconds_count\{[^}]*route="\/v1\/node\/list"/);
    expect(await service.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it('stays ready when a part behind it goes away', async () => {
    const { service, backends } = await startService();
    await backends.close();
    expect((await fetch(`${service.ready.admin}/readyz`)).status).toBe(200);
  });

  it('never writes a token to its log', async () => {
    const { service, token, backends } = await startService();
    backends.calls.failNext('batchGetTasks', new Error('for the log'));
    const headers = { authorization: token };
    await fetch(`${service.ready.http}/v1/task/63f47d1c5bd6eeef8211c83e`, { headers });
    await service.stop();
    expect(service.output()).toContain('a request failed');
    expect(service.output()).not.toContain(token.slice(0, 40));
  });

  it('ends at once with one error that names every bad variable', async () => {
    const { code, output } = await runProcess({ entry, env: { GC_MAX_STREAMS: 'many' } });
    expect(code).not.toBe(0);
    for (const name of ['GC_MAX_STREAMS', 'GC_JWKS', 'GC_TOKEN_ISSUER', 'GC_PROJECTION_ADDRESS']) {
      expect(output).toContain(name);
    }
  });
});
