import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLogs } from '../history/process-logs.ts';
import type { ChaosStack } from './chaos-stack.ts';

/** Leaves what every process has written in a folder that stays. */
export async function keepLogs(chaos: ChaosStack, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { file, text } of await readLogs(chaos)) await writeFile(join(folder, file), text);
}
