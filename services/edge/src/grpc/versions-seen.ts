import { LRUCache } from 'lru-cache';

// About 10 MB, and the tasks of the last half minute at 2,000 a second.
const max = 65_536;

/**
 * The newest version of a task that this edge has shown or caused. Asked for with each read, so
 * that nobody reads older than they wrote or saw: a view that lags is made up for from the log.
 */
export interface VersionsSeen {
  note(taskId: string, version: number): void;
  /** 0 when nothing is known. */
  of(taskId: string): number;
}

export function createVersionsSeen(): VersionsSeen {
  const versions = new LRUCache<string, number>({ max });
  return {
    note(taskId, version) {
      if (version > (versions.get(taskId) ?? 0)) versions.set(taskId, version);
    },
    of: (taskId) => versions.get(taskId) ?? 0,
  };
}
