import type { CodeVersion } from '@greencloud/domain';
import { LRUCache } from 'lru-cache';

export interface CodeSourceOptions {
  readonly fetch: (version: CodeVersion) => Promise<Uint8Array>;
  readonly maxBytes: number;
}

export interface CodeSource {
  get(version: CodeVersion): Promise<Uint8Array>;
  readonly bytes: number;
}

/**
 * Code by its version, which never changes. When a thousand nodes get the first task of a new
 * lambda at once, the catalog is asked once.
 */
export function createCodeSource({ fetch, maxBytes }: CodeSourceOptions): CodeSource {
  const cache = new LRUCache<CodeVersion, Uint8Array>({
    maxSize: maxBytes,
    sizeCalculation: (code) => Math.max(1, code.byteLength),
    fetchMethod: (version) => fetch(version),
  });
  return {
    async get(version) {
      const code = await cache.fetch(version);
      if (code === undefined) throw new Error(`no code of ${version}`);
      return code;
    },
    get bytes() {
      return cache.calculatedSize;
    },
  };
}
