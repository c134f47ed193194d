import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { commandLine, endLeftOver } from './process-table.ts';

it('leaves a process alone whose command line is another one', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;

  expect(await endLeftOver(pid, ['postgres', '/some/folder'], 'SIGINT')).toBe('not-ours');
  expect(await commandLine(pid)).toBe('sleep 60');

  child.kill();
  await once(child, 'exit');
});

it('kills a left-over that does not obey the signal', async () => {
  const child = spawn('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.05; done']);
  await once(child.stdout, 'data');

  expect(await endLeftOver(child.pid ?? 0, ['trap'], 'SIGTERM', 100)).toBe('ended');

  expect(child.signalCode ?? (await once(child, 'exit'))[1]).toBe('SIGKILL');
});
