import { randomBytes } from 'node:crypto';
import { type OpenStack, openStack, type StackFile } from '@greencloud/testing';
import type { JWTPayload } from 'jose';
import { openMint, type TokenMint } from '../access-tokens.ts';
import { type RestClient, restClient } from '../client.ts';

/** A tenant with a client of its own. Nobody else's tasks are in its lists. */
export interface Tenant extends RestClient {
  readonly tenantId: string;
  readonly token: string;
}

export interface SharedStack extends OpenStack {
  /** What stack.json said when it was opened. */
  readonly known: StackFile;
  readonly mint: TokenMint;
  /** The tenant of the demo lambda and of the local nodes. */
  readonly demo: RestClient;
  tenant(claims?: JWTPayload): Promise<Tenant>;
  /** A client with this token, or with none; of another edge than the stack's where one is named. */
  client(token: string, edgeUrl?: string, connections?: number): RestClient;
  closeClients(): Promise<void>;
}

/** Opens what runs on a data folder already. */
export async function openRunningStack(dataDir: string): Promise<SharedStack> {
  const stack = openStack(dataDir);
  const [known, mint] = await Promise.all([stack.file(), openMint(dataDir)]);
  const clients: RestClient[] = [];
  const client = (token: string, edgeUrl = known.edgeUrl, connections?: number) => {
    const made = restClient(edgeUrl, token, connections);
    clients.push(made);
    return made;
  };
  return {
    ...stack,
    known,
    mint,
    demo: client(known.tokens.demo),
    client,
    async tenant(claims = {}) {
      const tenantId = newId();
      const token = await mint.token({ userId: tenantId, ...claims });
      return { ...client(token), tenantId, token };
    },
    async closeClients() {
      await Promise.all(clients.map((each) => each.close()));
    },
  };
}

/** 24 hexadecimal characters that nobody has used. */
export function newId(): string {
  return randomBytes(12).toString('hex');
}
