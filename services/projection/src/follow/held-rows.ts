import { partitionOf, type TaskId } from '@greencloud/domain';
import type { RowMemory } from '../apply/row-memory.ts';
import type { TaskRow } from '../view/task-row.ts';

export interface HeldPartition {
  readonly memory: RowMemory;
  /** Asked at each read: a process that stood still may find its lease gone. */
  readonly isHeld: () => 'yes' | 'no';
}

/**
 * Rows that this replica's workers know, for reads by id. Only while the lease is held nobody else
 * writes them, so only then an answer from here is as new as one from the views.
 */
export class HeldRows {
  readonly #partitions = new Map<number, HeldPartition>();
  #count = 0;

  /** @param count of the partitions of the log */
  add(partition: number, count: number, held: HeldPartition): void {
    this.#count = count;
    this.#partitions.set(partition, held);
  }

  /** Nothing where another worker has begun meanwhile. */
  remove(partition: number, { memory }: Pick<HeldPartition, 'memory'>): void {
    if (this.#partitions.get(partition)?.memory === memory) this.#partitions.delete(partition);
  }

  newest(taskId: TaskId): TaskRow | undefined {
    if (this.#partitions.size === 0) return undefined;
    const held = this.#partitions.get(partitionOf(taskId, this.#count));
    return held?.isHeld() === 'yes' ? held.memory.newest(taskId) : undefined;
  }
}
