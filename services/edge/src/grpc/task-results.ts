import { ownBytes } from '@greencloud/grpc';
import { LRUCache } from 'lru-cache';
import type { Content, TaskKey, TaskResults } from '../tasks/task-services.ts';
import type { ResultReader } from './backends.ts';
import { type Coalescing, readLanes } from './coalescing.ts';

interface WantedResult {
  readonly key: TaskKey;
  readonly size: number;
}

// The service's own limit of keys, and half of what a gRPC message may have by default.
const maxKeys = 100;
const maxBytes = 2 * 1024 * 1024;
const maxWaiting = 4_096;
const deadlineMs = 5_000;

const maxCachedBytes = 32 * 1024 * 1024;
const maxCachedItemBytes = 64 * 1024;
const entryOverhead = 512;

/** Results never change, so what was read once is kept; small ones only, by least recent use. */
export function cachedTaskResults(log: ResultReader, coalesce: Coalescing): TaskResults {
  const cache = new LRUCache<string, Content>({
    maxSize: maxCachedBytes,
    maxEntrySize: maxCachedItemBytes + entryOverhead,
    sizeCalculation: ({ body }) => body.length + entryOverhead,
  });
  const reads = coalesce<WantedResult, Content | undefined>('batchGetResults', {
    maxItems: maxKeys,
    maxBytes,
    maxWaiting,
    ...readLanes,
    sizeOf: ({ size }) => size,
    run: (wanted) =>
      log.getResults(
        wanted.map(({ key }) => key),
        { deadlineMs },
      ),
  });
  return {
    async get(key, size) {
      // The tenant is in the key: an id alone must never open another tenant's result.
      const name = `${key.tenantId}/${key.taskId}`;
      const cached = cache.get(name);
      if (cached !== undefined) return cached;
      const content = await reads.submit({ key, size });
      if (content !== undefined) cache.set(name, { ...content, body: ownBytes(content.body) });
      return content;
    },
  };
}
