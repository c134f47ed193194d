import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startTime } from '@greencloud/embedded';
import { eventually } from '@greencloud/testing';
import { expect, it } from 'vitest';
import { testFolder } from './fixtures/folder.ts';
import { launchService } from './service-process.ts';

const entry = join(import.meta.dirname, 'fixtures', 'service.ts');
const never = new AbortController().signal;

async function launch(mode: 'good' | 'stubborn' | 'broken' = 'good', signal = never) {
  const logFile = join(await testFolder(), 'logs', 'service.log');
  const program = { entry, args: [mode], env: {}, logFile };
  return { logFile, service: await launchService(program, signal) };
}

it('serves once it has said ready, and ends on SIGTERM', async () => {
  const { service } = await launch();
  await service.stop(5_000);
  expect(await service.exited).toEqual({ code: 0, signal: null });
});

it('kills a service that does not end within the limit', async () => {
  const { service } = await launch('stubborn');
  await service.stop(50);
  expect(await service.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

it('tells the end of the log when a service ends before it is ready', async () => {
  await expect(launch('broken')).rejects.toThrow(
    /service\.ts ended with code 7; last of .*service\.log:\ncannot reach the database/,
  );
});

it('gives up a start that is aborted', async () => {
  const abort = new AbortController();
  const starting = launch('good', abort.signal);
  abort.abort();
  await expect(starting).rejects.toThrow('ended with SIGKILL');
});

it('writes a log that only its owner reads', async () => {
  const { service, logFile } = await launch();
  expect((await stat(logFile)).mode & 0o777).toBe(0o600);
  await service.stop(5_000);
});

it('leaves no service behind when the supervisor is killed with -9', async () => {
  const parent = spawn(
    process.execPath,
    [
      '--conditions=@greencloud/source',
      join(import.meta.dirname, 'fixtures', 'parent.ts'),
      join(await testFolder(), 'service.log'),
    ],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const [{ pid }] = (await once(parent, 'message')) as [{ pid: number }];
  expect(await startTime(pid)).toBeDefined();

  parent.kill('SIGKILL');

  await eventually(async () => expect(await startTime(pid)).toBeUndefined());
});
