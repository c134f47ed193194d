import type { TaskId } from '@greencloud/domain';
import type { Assignment } from './messages.ts';

/**
 * binding    its slots are reserved, the log does not know yet (or we do not know that it does)
 * sent       the node is told, or will be when it is back
 * accepted   the node has it
 * ending     its end is on the way to the log; the slots are free already
 */
export type HeldPhase = 'binding' | 'sent' | 'accepted' | 'ending';

/** One attempt at a node of this replica. */
export interface Held {
  readonly taskId: TaskId;
  /** MiB that it demands. */
  readonly memSize: number;
  /** 0 while binding: the log gives it. */
  attempt: number;
  phase: HeldPhase;
  /** World uptime of the change to `sent`. */
  sentAt: number;
  /** Kept until the node has accepted it: a stream may break with the message in it. */
  assignment: Assignment | undefined;
  /** The last progress heard; -1 before the first. */
  percent: number;
}

export function newHeld(taskId: TaskId, memSize: number): Held {
  return {
    taskId,
    memSize,
    attempt: 0,
    phase: 'binding',
    sentAt: 0,
    assignment: undefined,
    percent: -1,
  };
}
