import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { commandLine } from '../index.ts';

const STARTER = `
  const { findNatsServer, startNats } = await import('../index.ts');
  const [storeDir] = process.argv.slice(1);
  const command = await findNatsServer({ env: {}, cacheDir: storeDir, onStep: console.error });
  const nats = await startNats({ command, storeDir });
  process.send({ pid: nats.pid });
  setInterval(() => undefined, 1000);
`;

it('ends the server when the process that started it is killed with -9', async () => {
  const storeDir = await mkdtemp(join(tmpdir(), 'greencloud-leash-'));
  onTestFinished(() => rm(storeDir, { recursive: true, force: true }));
  const parent = spawn(process.execPath, ['--input-type=module', '-e', STARTER, storeDir], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message] = (await once(parent, 'message')) as [{ pid: number }];
  expect(await commandLine(message.pid)).toContain('nats-server');

  parent.kill('SIGKILL');

  await gone(message.pid);
});

async function gone(pid: number): Promise<void> {
  const limit = Date.now() + 5_000;
  while ((await commandLine(pid)) !== 'gone') {
    if (Date.now() > limit) throw new Error(`process ${pid} still runs`);
    await sleep(20);
  }
}
