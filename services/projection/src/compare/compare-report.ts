import type { TaskId } from '@greencloud/domain';

/** Where the finds go. */
export interface CompareReport {
  /** A row that is not what the log says. */
  readonly onDifference: (taskId: TaskId, what: string) => void;
  readonly onEvents: (events: number) => void;
}
