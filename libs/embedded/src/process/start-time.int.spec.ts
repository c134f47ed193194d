import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startTime } from './start-time.ts';

it('stays the same while a process lives and ends with it', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;
  const first = await startTime(pid);
  await sleep(30);

  expect(first).toBeDefined();
  expect(await startTime(pid)).toBe(first);
  expect(await startTime(process.pid)).not.toBe(first);

  child.kill();
  await once(child, 'exit');
  expect(await startTime(pid)).toBeUndefined();
});
