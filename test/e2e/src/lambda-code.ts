import { readFile } from 'node:fs/promises';

/** The code of one of the lambdas beside these tests. */
export function lambdaCode(name: string): Promise<string> {
  return readFile(new URL(`../lambdas/${name}.mjs`, import.meta.url), 'utf8');
}

/** No local node is that near: they declare 10 ms. */
export const impossible = { networkLatency: 1 };

/** What `obedient.mjs` is told to do. */
export interface Order {
  readonly sleepMs?: number;
  readonly progress?: number;
  readonly throw?: string;
  readonly say?: string;
  readonly json?: unknown;
  readonly response?: {
    readonly status?: number;
    readonly contentType?: string;
    readonly text?: string;
    readonly base64?: string;
    readonly size?: number;
  };
}
