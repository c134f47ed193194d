import type { TaskId, TaskOutcome } from '@greencloud/domain';
import type { HeldTask, OpenTask } from './open-task.ts';

interface OfTask {
  readonly taskId: TaskId;
  /** The task until now; missing where it is new. */
  readonly before?: OpenTask;
}

/** What one event, or the start, did to the picture. */
export type BoardChange =
  /** It waits for a node: issued, or released by the one it had. */
  | (OfTask & { readonly kind: 'waiting'; readonly task: OpenTask })
  /** A node has it: assigned, or its progress is new. */
  | (OfTask & { readonly kind: 'held'; readonly task: HeldTask })
  | (OfTask & { readonly kind: 'finished'; readonly outcome: TaskOutcome })
  /** An event that this release cannot read or follow: nothing here may touch the task. */
  | (OfTask & { readonly kind: 'parked'; readonly problem: string });

export type BoardListener = (change: BoardChange) => void;
