import { fileURLToPath } from 'node:url';
import { eventually, freePort, runProcess } from '@greencloud/testing';
import { expect, it } from 'vitest';
import { TestStack } from './testing/test-stack.ts';

const migrate = fileURLToPath(new URL('migrate.ts', import.meta.url));

it('is not ready before its last migration', async () => {
  await using stack = await TestStack.start();
  await stack.database.pool.query('drop schema scheduler cascade');
  const address = `127.0.0.1:${await freePort()}`;
  const starting = stack.scheduler('scheduler-0', { GC_ADMIN_ADDRESS: address });
  const readiness = () => fetch(`http://${address}/readyz`);
  await eventually(async () => expect(await (await readiness()).text()).toContain('0001-nodes'));
  const env = { GC_DATABASE_URL: stack.database.url };
  expect((await runProcess({ entry: migrate, env })).code).toBe(0);
  const node = await stack.node(await starting, { habit: 'finishes' });
  await node.assignment(await stack.issue());
  expect((await readiness()).status).toBe(200);
  // Seven processes, most of them one after the other.
}, 60_000);
