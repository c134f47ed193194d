import { fileURLToPath } from 'node:url';
import { runProcess, type StackFile, type StackOptions, withStack } from '@greencloud/testing';
import { type RestClient, restClient } from './client.ts';

export interface Stack {
  readonly api: RestClient;
  readonly file: StackFile;
  /** kill -9 of one process of a service; resolves when another has taken its place. */
  kill(service: string): Promise<void>;
  /** Runs `npm run rebuild` and gives what it printed. */
  rebuild(): Promise<string>;
  stop(): Promise<void>;
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const stack = await withStack(options);
  const file = await stack.file();
  const api = restClient(file.edgeUrl, file.tokens.demo);
  return {
    api,
    file,
    async kill(service) {
      const killed = await stack.kill(service);
      await killed.restarted();
    },
    rebuild: () => rebuild(stack.dataDir),
    async stop() {
      await api.close();
      await stack.stop();
    },
  };
}

async function rebuild(dataDir: string): Promise<string> {
  const entry = fileURLToPath(new URL('../../../deploy/local/src/rebuild.ts', import.meta.url));
  const { code, output } = await runProcess({ entry, env: { GC_DATA_DIR: dataDir } });
  if (code !== 0) throw new Error(`the rebuild failed: ${output}`);
  return output;
}
