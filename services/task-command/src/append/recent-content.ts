import type { TaskId, TenantId } from '@greencloud/domain';
import { ownBytes } from '@greencloud/grpc';
import { LRUCache } from 'lru-cache';
import type { StoredContent } from '../log/read-payloads.ts';
import type { Content } from './append-request.ts';

/**
 * Payloads and results that this replica has just written. They never change, and most are asked
 * for within a moment: by the node that gets the task, by the owner who waits for its end. What is
 * not here is read from the log.
 */
export interface RecentContent {
  keepPayload(taskId: TaskId, content: Content): void;
  payload(taskId: TaskId): StoredContent | undefined;
  keepResult(taskId: TaskId, tenantId: TenantId, content: Content): void;
  /** Undefined for another tenant's task, too. */
  result(taskId: TaskId, tenantId: TenantId): StoredContent | undefined;
}

const maxItemBytes = 64 * 1024;
const entryOverhead = 512;

/** `maxBytes` for each of the two kinds. */
export function createRecentContent(maxBytes: number): RecentContent {
  const payloads = createCache(maxBytes);
  const results = createCache(maxBytes);
  return {
    keepPayload: (taskId, content) => void payloads.set(taskId, stored(content)),
    payload: (taskId) => payloads.get(taskId),
    // The tenant is in the key: an id alone must never open another tenant's result.
    keepResult: (taskId, tenantId, content) =>
      void results.set(`${tenantId}/${taskId}`, stored(content)),
    result: (taskId, tenantId) => results.get(`${tenantId}/${taskId}`),
  };
}

function createCache(maxBytes: number): LRUCache<string, StoredContent> {
  return new LRUCache({
    maxSize: maxBytes,
    maxEntrySize: maxItemBytes + entryOverhead,
    sizeCalculation: ({ body }) => body.byteLength + entryOverhead,
  });
}

function stored({ contentType, body }: Content): StoredContent {
  return { contentType, body: ownBytes(body) };
}
