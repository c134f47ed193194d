import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChaosStack } from '../servers/chaos-stack.ts';

export type LogText = { readonly file: string; readonly text: string };

/** What every process has written: the stack's own into files, ours into our pipes. */
export async function readLogs({ stack, replicas }: ChaosStack): Promise<LogText[]> {
  const folder = join(stack.dataDir, 'logs');
  const own = (await readdir(folder)).map(async (file) => ({
    file,
    text: await readFile(join(folder, file), 'utf8'),
  }));
  const ours = replicas
    .outputs()
    .map(({ service, replica, text }) => ({ file: `${service}-${replica}.log`, text }));
  return [...(await Promise.all(own)), ...ours];
}
