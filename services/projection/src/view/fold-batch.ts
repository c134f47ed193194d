import type { TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import type { RowChange } from './count-deltas.ts';
import { foldEvent, UnappliableEventError } from './fold-task.ts';
import type { TaskRow } from './task-row.ts';

export interface FoldedBatch {
  /** One change for each task that is another one after the batch. */
  readonly changes: readonly RowChange[];
  /** The first event of a task that could not be applied; what follows of that task is left out. */
  readonly poison: readonly UnappliableEventError[];
}

/** The rows before the batch. */
export interface KnownRows {
  get(taskId: TaskId): TaskRow | undefined;
}

/** Folds a batch per task, in memory. Tasks in `parked` are passed over. */
export function foldBatch(
  rows: KnownRows,
  events: readonly RecordedEvent[],
  parked: ReadonlySet<TaskId>,
): FoldedBatch {
  const folded = new Map<TaskId, TaskRow>();
  const poison = new Map<TaskId, UnappliableEventError>();
  for (const recorded of events) {
    const { taskId } = recorded;
    if (parked.has(taskId) || poison.has(taskId)) continue;
    try {
      folded.set(taskId, foldEvent(folded.get(taskId) ?? rows.get(taskId), recorded));
    } catch (error) {
      if (!(error instanceof UnappliableEventError)) throw error;
      poison.set(taskId, error);
    }
  }
  const changes = [...folded].map(([taskId, after]) => ({ before: rows.get(taskId), after }));
  return {
    changes: changes.filter(({ before, after }) => before !== after),
    poison: [...poison.values()],
  };
}
