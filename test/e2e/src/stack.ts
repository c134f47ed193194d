import { fileURLToPath } from 'node:url';
import { runProcess, type StackFile, type StackOptions, withStack } from '@greencloud/testing';
import { type RestClient, restClient } from './client.ts';

/** A tenant who owns nothing. */
export const strangerId = '5f00000000000000000000aa';

export interface Stack {
  readonly api: RestClient;
  readonly file: StackFile;
  /** A client of another tenant, or of the demo tenant with other rights. */
  as(user: string, token?: { ttlSeconds?: number; scope?: string }): Promise<RestClient>;
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
  const clients = [api];
  return {
    api,
    file,
    async as(user, token) {
      const client = restClient(file.edgeUrl, await stack.tokenFor(user, token));
      clients.push(client);
      return client;
    },
    async kill(service) {
      const killed = await stack.kill(service);
      await killed.restarted();
    },
    rebuild: () => rebuild(stack.dataDir),
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
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
