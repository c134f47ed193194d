import type { TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import type { FoldedBatch } from '../view/fold-batch.ts';
import type { TaskRow } from '../view/task-row.ts';

// About 600 bytes each.
const maxRows = 5_000;

/**
 * Rows of open tasks as this writer has left them. While each of its batches begins where its last
 * one ended, nobody else has written the partition, so they need not be read again. It ends with
 * the first batch that fails.
 */
export class RowMemory {
  // In the order of their last change: the first is the one to forget.
  readonly #rows = new Map<TaskId, TaskRow>();

  get(taskId: TaskId): TaskRow | undefined {
    return this.#rows.get(taskId);
  }

  /** The tasks of a batch whose rows have to be read: not the new ones, and not those known. */
  missing(events: readonly RecordedEvent[]): TaskId[] {
    const seen = new Set<TaskId>();
    const missing: TaskId[] = [];
    for (const { taskId, version } of events) {
      if (seen.has(taskId)) continue;
      seen.add(taskId);
      if (version > 1 && !this.#rows.has(taskId)) missing.push(taskId);
    }
    return missing;
  }

  clear(): void {
    this.#rows.clear();
  }

  written({ changes }: FoldedBatch): void {
    for (const { after } of changes) {
      this.#rows.delete(after.taskId);
      if (after.state !== 'finished') this.#rows.set(after.taskId, after);
    }
    for (const taskId of this.#rows.keys()) {
      if (this.#rows.size <= maxRows) return;
      this.#rows.delete(taskId);
    }
  }
}
