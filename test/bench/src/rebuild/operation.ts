import { fileURLToPath } from 'node:url';
import { runProcess } from '@greencloud/testing';

export type OperationResult = {
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
};

/** `npm run verify`, `compare` or `rebuild` on the stack of a folder. */
export async function operate(
  name: 'verify' | 'compare' | 'rebuild',
  dataDir: string,
): Promise<OperationResult> {
  const entry = fileURLToPath(new URL(`../../../../deploy/local/src/${name}.ts`, import.meta.url));
  const startedAt = performance.now();
  const env = { GC_DATA_DIR: dataDir };
  const { code, output } = await runProcess({ entry, env, timeoutMs: 15 * 60_000 });
  return { code, output, seconds: (performance.now() - startedAt) / 1_000 };
}
