import type { NodeId, TaskId } from '@greencloud/domain';
import { TaskMap } from './task-map.ts';

/** Which node has which tasks, both ways. */
export interface TasksByNode {
  /** Tasks that have a node. */
  readonly size: number;
  put(taskId: TaskId, nodeId: NodeId): void;
  remove(taskId: TaskId): void;
  of(nodeId: NodeId): ReadonlySet<TaskId>;
  nodes(): Iterable<NodeId>;
}

const none: ReadonlySet<TaskId> = new Set();

export function createTasksByNode(): TasksByNode {
  const nodeOf = new TaskMap<NodeId>();
  const tasksOf = new Map<NodeId, Set<TaskId>>();
  const remove = (taskId: TaskId) => {
    const nodeId = nodeOf.get(taskId);
    if (nodeId === undefined) return;
    nodeOf.delete(taskId);
    const tasks = tasksOf.get(nodeId);
    tasks?.delete(taskId);
    if (tasks?.size === 0) tasksOf.delete(nodeId);
  };
  return {
    get size() {
      return nodeOf.size;
    },
    put(taskId, nodeId) {
      if (nodeOf.get(taskId) === nodeId) return;
      remove(taskId);
      nodeOf.set(taskId, nodeId);
      tasksOf.set(nodeId, (tasksOf.get(nodeId) ?? new Set()).add(taskId));
    },
    remove,
    of: (nodeId) => tasksOf.get(nodeId) ?? none,
    nodes: () => tasksOf.keys(),
  };
}
