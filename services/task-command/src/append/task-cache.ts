import type { TaskId, TaskState } from '@greencloud/domain';
import { LRUCache } from 'lru-cache';
import type { PayloadKept } from './append-request.ts';

export interface CachedTask {
  readonly state: TaskState;
  readonly payload: PayloadKept;
}

/**
 * Folded states of the tasks at work. A hint, never the truth: the log refuses what was decided on
 * a stale one. Ended tasks leave it, since hardly any command comes after the end.
 */
export interface TaskCache {
  get(taskId: TaskId): CachedTask | undefined;
  set(taskId: TaskId, task: CachedTask): void;
  forget(taskId: TaskId): void;
}

/** About 500 bytes a task. */
export function createTaskCache(maxTasks: number): TaskCache {
  const tasks = new LRUCache<TaskId, CachedTask>({ max: maxTasks });
  return {
    get: (taskId) => tasks.get(taskId),
    set(taskId, task) {
      if (task.state.status === 'finished') tasks.delete(taskId);
      else tasks.set(taskId, task);
    },
    forget: (taskId) => void tasks.delete(taskId),
  };
}
