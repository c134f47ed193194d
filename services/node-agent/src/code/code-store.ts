import { type CodeVersion, DomainError, type ErrorCode } from '@greencloud/domain';
import { LRUCache } from 'lru-cache';
import type { Code } from '../attempts/execute-attempt.ts';

export interface CodeStoreOptions {
  readonly fetch: (version: CodeVersion) => Promise<Uint8Array>;
  readonly maxBytes: number;
}

/** Answers that asking again, here or at another node, will not change. */
const GONE: readonly ErrorCode[] = ['LAMBDA_NOT_FOUND', 'NO_RUNNER', 'INVALID_ID'];

/**
 * Code by its version. A version never changes, so one fetch is enough for all the tasks that want
 * it, at the same time or later; the least recently used bytes are forgotten first.
 */
export function createCodeStore(options: CodeStoreOptions): (v: CodeVersion) => Promise<Code> {
  const stored = new LRUCache<CodeVersion, Extract<Code, { kind: 'code' }>>({
    maxSize: options.maxBytes,
    sizeCalculation: ({ code }) => Math.max(1, code.length),
  });
  const underway = new Map<CodeVersion, Promise<Code>>();

  async function fetch(version: CodeVersion): Promise<Code> {
    try {
      const found = { kind: 'code', code: await options.fetch(version) } as const;
      stored.set(version, found);
      return found;
    } catch (error) {
      return codeOfError(error);
    } finally {
      underway.delete(version);
    }
  }

  return async (version) => {
    const known = stored.get(version) ?? underway.get(version);
    if (known !== undefined) return known;
    const fetching = fetch(version);
    underway.set(version, fetching);
    return fetching;
  };
}

function codeOfError(error: unknown): Code {
  const isGone = error instanceof DomainError && GONE.includes(error.code);
  return { kind: isGone ? 'gone' : 'unavailable' };
}
