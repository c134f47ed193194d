import { join } from 'node:path';
import { startTime } from '@greencloud/embedded';
import { eventually } from '@greencloud/testing';
import { expect, it, onTestFinished } from 'vitest';
import { createReport } from '../report.ts';
import { testFolder } from './fixtures/folder.ts';
import type { Part } from './part.ts';
import { launchService } from './service-process.ts';
import { type Supervised, type SuperviseOptions, supervise } from './supervise.ts';

const entry = join(import.meta.dirname, 'fixtures', 'service.ts');

async function fixture(mode: () => 'good' | 'broken' = () => 'good'): Promise<Part> {
  const logFile = join(await testFolder(), 'service.log');
  const launch = (signal: AbortSignal) =>
    launchService({ entry, args: [mode()], env: {}, logFile }, signal);
  return { service: 'fixture', replica: '0', launch };
}

function watch(part: Part, options: Partial<SuperviseOptions> = {}) {
  const lines: string[] = [];
  const pids: (number | undefined)[] = [];
  const supervised: Supervised = supervise(part, {
    report: createReport((line) => lines.push(line)),
    onChange: () => pids.push(supervised.pid()),
    ...options,
  });
  onTestFinished(() => supervised.stop(0));
  return { supervised, lines, pids };
}

it('starts a killed process again and tells its new pid', async () => {
  const { supervised, lines, pids } = watch(await fixture());
  await supervised.started;
  const first = supervised.pid() ?? 0;

  process.kill(first, 'SIGKILL');

  await eventually(() => expect(pids).toEqual([first, undefined, expect.any(Number)]));
  expect(supervised.pid()).not.toBe(first);
  expect(lines.join('')).toContain('fixture          0 ended (SIGKILL), starting it again');
});

it('starts a process again that ended by itself with code 0', async () => {
  const { supervised, pids } = watch(await fixture());
  await supervised.started;
  process.kill(supervised.pid() ?? 0, 'SIGTERM');
  await eventually(() => expect(pids).toHaveLength(3));
});

it('tries again after a restart that failed', async () => {
  let launches = 0;
  const part = await fixture(() => {
    launches += 1;
    return launches === 2 ? 'broken' : 'good';
  });
  const { supervised, lines } = watch(part);
  await supervised.started;
  process.kill(supervised.pid() ?? 0, 'SIGKILL');
  await eventually(() => expect(launches).toBe(3));
  await eventually(() => expect(supervised.pid()).toBeDefined());
  expect(lines.join('')).toContain('did not start');
});

it('waits longer after each quick end', async () => {
  const lives: number[] = [];
  const backoff = {
    delayAfter: (livedMs: number) => {
      lives.push(livedMs);
      return 0;
    },
  };
  const { supervised } = watch(await fixture(), { backoff });
  await supervised.started;
  process.kill(supervised.pid() ?? 0, 'SIGKILL');
  await eventually(() => expect(lives).toHaveLength(1));
  expect(lives[0]).toBeGreaterThan(0);
});

it('rejects a first start that fails, and does not try again', async () => {
  const { supervised, pids } = watch(await fixture(() => 'broken'));
  await expect(supervised.started).rejects.toThrow('cannot reach the database');
  await supervised.stop(1_000);
  expect(pids).toEqual([]);
});

it('ends for good when stopped, also in the middle of a restart', async () => {
  const { supervised } = watch(await fixture());
  await supervised.started;
  const first = supervised.pid() ?? 0;
  process.kill(first, 'SIGKILL');
  await eventually(() => expect(supervised.pid()).not.toBe(first));

  await supervised.stop(1_000);

  const last = supervised.pid();
  expect(last === undefined ? last : await startTime(last)).toBeUndefined();
});
