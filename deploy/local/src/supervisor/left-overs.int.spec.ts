import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startTime } from '@greencloud/embedded';
import { expect, it, onTestFinished } from 'vitest';
import { createReport } from '../report.ts';
import { testFolder } from './fixtures/folder.ts';
import { endLeftOvers, noteProcesses } from './left-overs.ts';
import { readJson, writeAtomically } from '../atomic-file.ts';
import { join } from 'node:path';

async function sleeper(): Promise<number> {
  const child = spawn('sleep', ['60']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child.pid ?? 0;
}

const report = createReport(() => undefined);

it('kills a service that an earlier supervisor noted and left', async () => {
  const folder = await testFolder();
  const pid = await sleeper();
  await noteProcesses(folder, [{ service: 'edge', replica: '0', pid }]);

  await endLeftOvers(folder, report);

  expect(await startTime(pid)).toBeUndefined();
});

it('leaves a process alone that was given a noted pid later', async () => {
  const folder = await testFolder();
  const pid = await sleeper();
  await noteProcesses(folder, [{ service: 'edge', replica: '0', pid }]);
  const file = join(folder, 'processes.json');
  const [entry] = (await readJson(file)) as Record<string, unknown>[];
  await writeAtomically(file, JSON.stringify([{ ...entry, startedAt: '1' }]));

  await endLeftOvers(folder, report);

  expect(await startTime(pid)).toBeDefined();
});

it('leaves Postgres to its own clean end', async () => {
  const folder = await testFolder();
  const pid = await sleeper();
  await noteProcesses(folder, [{ service: 'postgres', replica: '0', pid }]);
  await endLeftOvers(folder, report);
  expect(await startTime(pid)).toBeDefined();
});

it('finds nothing in a new folder', async () => {
  await endLeftOvers(await testFolder(), report);
});
