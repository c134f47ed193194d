import type { TaskId } from '@greencloud/domain';
import type { KnownTask } from './decide-batch.ts';

/** Versions at which the log has shown tasks to stand during this batch. */
export interface SeenVersions {
  add(taskId: TaskId, version: number): void;
  has(taskId: TaskId, version: number): boolean;
}

/** Begins with what was loaded from the log; a cached state has shown nothing. */
export function seenVersions(known: ReadonlyMap<TaskId, KnownTask>): SeenVersions {
  const seen = new Map<TaskId, Set<number>>();
  const add = (taskId: TaskId, version: number) => {
    const versions = seen.get(taskId);
    if (versions === undefined) seen.set(taskId, new Set([version]));
    else versions.add(version);
  };
  for (const [taskId, task] of known) {
    if (task.kind === 'readable') add(taskId, task.state.version);
  }
  return { add, has: (taskId, version) => seen.get(taskId)?.has(version) ?? false };
}
