import { join } from 'node:path';
import { startTime } from '@greencloud/embedded';
import { sleep } from '@greencloud/runtime';
import { z } from 'zod';
import { readJson, writeAtomically } from '../atomic-file.ts';
import type { Report } from '../report.ts';
import type { ProcessEntry } from './fleet.ts';

const schema = z.array(
  z.object({ service: z.string(), replica: z.string(), pid: z.int(), startedAt: z.string() }),
);

type LeftOver = z.infer<typeof schema>[number];

/** Notes which processes run, for a start after a supervisor that was killed. */
export async function noteProcesses(dataDir: string, processes: ProcessEntry[]): Promise<void> {
  const noted = await Promise.all(
    processes.map(async (entry) => ({ ...entry, startedAt: await startTime(entry.pid) })),
  );
  await writeAtomically(fileOf(dataDir), JSON.stringify(noted));
}

/**
 * Kills what a killed supervisor left. Services notice its end by themselves, so this finds only
 * those that hang; the embedded servers see to their own in order, and are not touched here.
 */
export async function endLeftOvers(dataDir: string, report: Report): Promise<void> {
  const noted = schema.safeParse(await readJson(fileOf(dataDir))).data ?? [];
  const services = noted.filter(({ service }) => !['postgres', 'nats-server'].includes(service));
  await Promise.all(services.map((entry) => end(entry, report)));
}

async function end(entry: LeftOver, report: Report): Promise<void> {
  const runs = async () => (await startTime(entry.pid)) === entry.startedAt;
  if (!(await runs())) return;
  process.kill(entry.pid, 'SIGKILL');
  while (await runs()) await sleep(20);
  report.line(entry.service, `ended a left-over of an earlier run (pid ${entry.pid})`);
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'processes.json');
}
