import type { TaskId } from '@greencloud/domain';
import type { RecordedEvent } from '@greencloud/event-log';
import type { FoldedBatch } from '../view/fold-batch.ts';
import type { TaskRow } from '../view/task-row.ts';

// About 600 bytes each.
const maxOpen = 5_000;
// Who waits for a task asks again within milliseconds of its end.
const maxEnded = 1_000;

type Rows = Map<TaskId, TaskRow>;

/**
 * Rows as this writer has left them. While each of its batches begins where its last one ended,
 * nobody else has written the partition, so they need not be read again, neither for the next batch
 * nor for whoever asks. It ends with the first batch that fails.
 */
export class RowMemory {
  // In the order of their last change: the first is the one to forget.
  readonly #open: Rows = new Map();
  readonly #ended: Rows = new Map();
  /** Of the batch that is being written: the log has these events, only the views do not yet. */
  #coming: Rows = new Map();

  /** The row of an open task, as it is in the views. */
  get(taskId: TaskId): TaskRow | undefined {
    return this.#open.get(taskId);
  }

  /** What is known of a task, whether the views have it already or not. */
  newest(taskId: TaskId): TaskRow | undefined {
    return this.#coming.get(taskId) ?? this.#open.get(taskId) ?? this.#ended.get(taskId);
  }

  /** The tasks of a batch whose rows have to be read: not the new ones, and not those known. */
  missing(events: readonly RecordedEvent[]): TaskId[] {
    const seen = new Set<TaskId>();
    const missing: TaskId[] = [];
    for (const { taskId, version } of events) {
      if (seen.has(taskId)) continue;
      seen.add(taskId);
      if (version > 1 && !this.#open.has(taskId)) missing.push(taskId);
    }
    return missing;
  }

  clear(): void {
    for (const rows of [this.#open, this.#ended, this.#coming]) rows.clear();
  }

  writing({ changes }: FoldedBatch): void {
    this.#coming = new Map(changes.map(({ after }) => [after.taskId, after]));
  }

  written({ changes }: FoldedBatch): void {
    this.#coming.clear();
    for (const { after } of changes) {
      this.#open.delete(after.taskId);
      const rows = after.state === 'finished' ? this.#ended : this.#open;
      rows.set(after.taskId, after);
    }
    forgetOldest(this.#open, maxOpen);
    forgetOldest(this.#ended, maxEnded);
  }
}

function forgetOldest(rows: Rows, max: number): void {
  for (const taskId of rows.keys()) {
    if (rows.size <= max) return;
    rows.delete(taskId);
  }
}
