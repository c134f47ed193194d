import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChaosStack } from './chaos-stack.ts';

/** Leaves what every process has written in a folder that stays. */
export async function keepLogs({ stack, replicas }: ChaosStack, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(join(stack.dataDir, 'logs'), folder, { recursive: true });
  for (const { service, replica, text } of replicas.outputs()) {
    await writeFile(join(folder, `${service}-${replica}.log`), text);
  }
}
