import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeAtomically } from '../atomic-file.ts';

const schema = z.object({
  edgeUrl: z.string(),
  databaseUrl: z.string(),
  natsUrl: z.string(),
  grpc: z.record(z.string(), z.string()),
  nodeDoor: z.string(),
  tls: z.object({ caFile: z.string(), certFile: z.string(), keyFile: z.string() }),
  admin: z.record(z.string(), z.string()),
  processes: z.array(z.object({ service: z.string(), replica: z.string(), pid: z.int() })),
  tokens: z.object({ demo: z.string() }),
  demo: z.object({ lambdaId: z.string() }),
});

/** Where everything of a running stack is found. It holds secrets: 0600. */
export type StackFile = z.infer<typeof schema>;

export async function writeStackFile(dataDir: string, stack: StackFile): Promise<void> {
  await writeAtomically(stackFilePath(dataDir), `${JSON.stringify(stack, null, 2)}\n`);
}

/** The stack that runs on the folder, or ran last; `undefined` where none ever did. */
export async function readStackFile(dataDir: string): Promise<StackFile | undefined> {
  const found = await readJson(stackFilePath(dataDir));
  return found === undefined ? undefined : schema.parse(found);
}

export function stackFilePath(dataDir: string): string {
  return join(dataDir, 'stack.json');
}
