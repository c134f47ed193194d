import { join } from 'node:path';
import { startTime } from '@greencloud/embedded';
import { z } from 'zod';
import { readJson, writeAtomically } from '../atomic-file.ts';

const schema = z.object({ pid: z.int(), startedAt: z.string() });

/**
 * Claims the data folder for this process, and throws if another stack runs on it: its Postgres
 * would be taken for a left-over and ended. The claim ends with the process.
 */
export async function claimFolder(dataDir: string): Promise<void> {
  const file = join(dataDir, 'supervisor.json');
  const owner = schema.safeParse(await readJson(file)).data;
  if (owner !== undefined && (await startTime(owner.pid)) === owner.startedAt) {
    throw new Error(
      `another stack runs on ${dataDir} (pid ${owner.pid}): end it, or set GC_DATA_DIR`,
    );
  }
  const startedAt = await startTime(process.pid);
  await writeAtomically(file, JSON.stringify({ pid: process.pid, startedAt }));
}
