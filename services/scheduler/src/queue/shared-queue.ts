import type { NodeId, TaskId } from '@greencloud/domain';
import type { NodeKind } from '../placement/node-kind.ts';
import { inSlices } from '../slices.ts';
import type { Cancel, World } from '../world.ts';
import { ReadyQueue, type ReadyQueueOptions, type Taken } from './ready-queue.ts';
import { always, type HasRoom, type ReadyTask } from './ready-task.ts';

/** Whether this replica or another one is the first to place a partition's tasks. */
export type Preference = 'mine' | 'theirs';

export interface SharedQueueOptions extends Omit<ReadyQueueOptions, 'now'> {
  readonly world: World;
  /** How long the other replicas have for their own tasks before this one helps. */
  readonly helpAfterMs: number;
}

/**
 * The ready queue of one replica among several. All of them see every task; that two bind the
 * same one is harmless but wasted, so each takes its own partitions first and helps with what
 * the others have left lying.
 */
export class SharedQueue {
  readonly #options: SharedQueueOptions;
  readonly #mine: ReadyQueue;
  readonly #theirs: ReadyQueue;
  readonly #heldBack = new Map<TaskId, { task: ReadyTask; cancel: Cancel }>();
  #preferenceOf: (partition: number) => Preference = () => 'mine';

  constructor(options: SharedQueueOptions) {
    this.#options = options;
    const { world } = options;
    this.#mine = new ReadyQueue({ ...options, now: () => world.now() });
    this.#theirs = new ReadyQueue({ ...options, now: () => world.now() });
  }

  get size(): number {
    return this.#mine.size + this.#theirs.size;
  }

  has(taskId: TaskId): boolean {
    return this.#mine.has(taskId) || this.#theirs.has(taskId) || this.#heldBack.has(taskId);
  }

  /** Does nothing for a task that is in. */
  add(task: ReadyTask): void {
    if (this.has(task.taskId)) return;
    if (this.#preferenceOf(task.partition) === 'mine') this.#mine.add(task);
    else this.#holdBack(task);
  }

  remove(taskId: TaskId): void {
    this.#heldBack.get(taskId)?.cancel();
    this.#heldBack.delete(taskId);
    if (this.#mine.remove(taskId) === undefined) this.#theirs.remove(taskId);
  }

  take(kind: NodeKind, nodeId: NodeId, hasRoom: HasRoom = always): Taken {
    const first = this.#mine.take(kind, nodeId, hasRoom);
    if (typeof first !== 'string') return first;
    const second = this.#theirs.take(kind, nodeId, hasRoom);
    return second === 'nothing' ? first : second;
  }

  /** Replicas came or went: the tasks of partitions that changed hands go to where they belong now. */
  async prefer(preferenceOf: (partition: number) => Preference): Promise<void> {
    const before = this.#preferenceOf;
    this.#preferenceOf = preferenceOf;
    const heldBack = [...this.#heldBack.values()].map(({ task }) => task);
    const all = [...this.#mine.tasks(), ...this.#theirs.tasks(), ...heldBack];
    await inSlices(this.#options.world, all, (task) => {
      if (before(task.partition) === preferenceOf(task.partition)) return;
      if (!this.has(task.taskId)) return;
      this.remove(task.taskId);
      this.add(task);
    });
  }

  #holdBack(task: ReadyTask): void {
    const { world, helpAfterMs } = this.#options;
    const left = task.since + helpAfterMs - world.now();
    if (left <= 0) return this.#theirs.add(task);
    // A task from a clock ahead of ours is not held back for longer than any other.
    const cancel = world.after(Math.min(left, helpAfterMs), () => {
      this.#heldBack.delete(task.taskId);
      this.#theirs.add(task);
    });
    this.#heldBack.set(task.taskId, { task, cancel });
  }
}
