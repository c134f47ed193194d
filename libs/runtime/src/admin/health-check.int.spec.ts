import { execFile } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../log/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { type AdminServer, startAdminServer } from './admin-server.ts';
import { createHealth, type Health } from './health.ts';

const program = fileURLToPath(new URL('../../../../deploy/docker/health.mjs', import.meta.url));
const logger = createLogger({ service: 'test', level: 'silent' });
let health: Health;
let admin: AdminServer;

async function serve(address: string): Promise<void> {
  health = createHealth();
  admin = await startAdminServer({ address, health, metrics: createMetrics('test'), logger });
}

/** As the image's engine runs it: healthy is code 0. */
function check(address: string, ...args: string[]): Promise<{ code: number; said: string }> {
  const env = { GC_ADMIN_ADDRESS: address };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { env }, (_, __, said) =>
      resolve({ code: child.exitCode ?? -1, said }),
    );
  });
}

describe("the images' health check", () => {
  beforeEach(() => serve('127.0.0.1:0'));
  afterEach(() => admin.close());
  const own = () => new URL(admin.url).host;

  it('is healthy when the service is ready, and says why it is not', async () => {
    expect(await check(own())).toEqual({ code: 1, said: '/readyz: 503\n' });
    health.set('ready');
    expect(await check(own())).toEqual({ code: 0, said: '' });
    health.addCheck('postgres', () => 'no connection');
    expect((await check(own())).code).toBe(1);
    expect((await check(own(), '/livez')).code).toBe(0);
  });

  it('is not healthy when nobody listens', async () => {
    const address = own();
    await admin.close();
    const { code, said } = await check(address);
    expect(code).toBe(1);
    expect(said).toMatch(/^\/readyz: .*ECONNREFUSED/);
  });
});

describe("the images' health check, by what the service listens on", () => {
  afterEach(() => admin.close());

  it.each([
    ['everywhere', '0.0.0.0'],
    ['one address of several', '127.0.0.2'],
  ])('finds a service that listens on %s', async (_, host) => {
    await serve(`${host}:0`);
    health.set('ready');
    expect(await check(`${host}:${new URL(admin.url).port}`)).toEqual({ code: 0, said: '' });
  });
});
