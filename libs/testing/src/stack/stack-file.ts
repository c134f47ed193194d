import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One process of the local stack. */
export type StackProcess = {
  readonly service: string;
  readonly replica: string;
  readonly pid: number;
};

/** What the local stack writes to `stack.json`. */
export type StackFile = {
  readonly edgeUrl: string;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Service to `host:port`. */
  readonly grpc: Readonly<Record<string, string>>;
  /** `host:port` where nodes connect. */
  readonly nodeDoor: string;
  /** The operator's certificate, and who vouches for the services. */
  readonly tls: { readonly caFile: string; readonly certFile: string; readonly keyFile: string };
  /** Service to URL. */
  readonly admin: Readonly<Record<string, string>>;
  readonly processes: readonly StackProcess[];
  readonly tokens: { readonly demo: string };
  readonly demo: { readonly lambdaId: string };
};

export async function readStackFile(dataDir: string): Promise<StackFile> {
  return JSON.parse(await readFile(join(dataDir, 'stack.json'), 'utf8')) as StackFile;
}
