import { randomBytes } from 'node:crypto';
import { type OpenStack, openStack, type StackFile } from '@greencloud/testing';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, inject } from 'vitest';
import { openMint, type TokenMint } from '../access-tokens.ts';
import { type RestClient, restClient } from '../client.ts';
import { SHARED_STACK } from './provided-stack.ts';

/** A tenant with a client of its own. Nobody else's tasks are in its lists. */
export interface Tenant extends RestClient {
  readonly tenantId: string;
  readonly token: string;
}

export interface SharedStack extends OpenStack {
  /** What stack.json said when the file's tests began. */
  readonly known: StackFile;
  readonly mint: TokenMint;
  /** The tenant of the demo lambda and of the local nodes. */
  readonly demo: RestClient;
  tenant(claims?: JWTPayload): Promise<Tenant>;
  /** A client with this token, or with none; of another edge than the stack's where one is named. */
  client(token: string, edgeUrl?: string): RestClient;
}

/** The stack that all files of one run share; clients are closed after the file's last test. */
export function useSharedStack(): () => SharedStack {
  let stack: SharedStack | undefined;
  const clients: RestClient[] = [];
  beforeAll(async () => {
    stack = await open(inject(SHARED_STACK), clients);
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
  });
  return () => {
    if (stack === undefined) throw new Error('the shared stack is known within tests only');
    return stack;
  };
}

async function open(dataDir: string, clients: RestClient[]): Promise<SharedStack> {
  const stack = openStack(dataDir);
  const [known, mint] = await Promise.all([stack.file(), openMint(dataDir)]);
  const client = (token: string, edgeUrl = known.edgeUrl) => {
    const made = restClient(edgeUrl, token);
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
  };
}

/** 24 hexadecimal characters that nobody has used. */
export function newId(): string {
  return randomBytes(12).toString('hex');
}
