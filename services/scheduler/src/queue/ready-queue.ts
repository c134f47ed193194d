import type { NodeId, TaskId } from '@greencloud/domain';
import type { NodeKind } from '../placement/node-kind.ts';
import { Band, type BandOptions } from './band.ts';
import { always, type HasRoom, type Priority, type ReadyTask } from './ready-task.ts';

export interface ReadyQueueOptions extends BandOptions {
  readonly now: () => number;
  /** After waiting so long a task moves to the band above: nothing waits for ever behind others. */
  readonly ageingMs: number;
}

/** What a node may be given next. `banned`: only tasks that this very node refused, or has no room for. */
export type Taken = ReadyTask | 'nothing' | 'banned';

// 100,000 tasks that come of age together must not hold up the one take that notices it.
const mostAgedAtOnce = 64;

/**
 * The tasks that wait: priority bands with ageing, and in a band weighted deficit round robin
 * between tenants. All of it O(1) in the number of tasks, but for the kinds of nodes there are.
 */
export class ReadyQueue {
  readonly #options: ReadyQueueOptions;
  readonly #bands: Readonly<Record<Priority, Band>>;

  constructor(options: ReadyQueueOptions) {
    this.#options = options;
    this.#bands = { retry: new Band(options), normal: new Band(options) };
    options.kinds.listen(this);
  }

  get size(): number {
    return this.#bands.retry.size + this.#bands.normal.size;
  }

  has(taskId: TaskId): boolean {
    return this.#bands.retry.has(taskId) || this.#bands.normal.has(taskId);
  }

  *tasks(): Generator<ReadyTask> {
    yield* this.#bands.retry.tasks();
    yield* this.#bands.normal.tasks();
  }

  /** Does nothing for a task that is in. */
  add(task: ReadyTask): void {
    if (!this.has(task.taskId)) this.#bands[task.priority].add(task);
  }

  remove(taskId: TaskId): ReadyTask | undefined {
    return this.#bands.retry.remove(taskId) ?? this.#bands.normal.remove(taskId);
  }

  take(kind: NodeKind, nodeId: NodeId, hasRoom: HasRoom = always): Taken {
    this.#age();
    const first = this.#bands.retry.take(kind, nodeId, hasRoom);
    if (typeof first !== 'string') return first;
    const second = this.#bands.normal.take(kind, nodeId, hasRoom);
    return second === 'nothing' ? first : second;
  }

  kindAdded(kind: NodeKind): void {
    for (const band of Object.values(this.#bands)) band.kindAdded(kind);
  }

  kindRemoved(kind: NodeKind): void {
    for (const band of Object.values(this.#bands)) band.kindRemoved(kind);
  }

  #age(): void {
    const { now, ageingMs } = this.#options;
    const { normal, retry } = this.#bands;
    const before = now() - ageingMs;
    for (let moved = 0; moved < mostAgedAtOnce; moved++) {
      const task = normal.oldestArrival;
      if (task === undefined || task.since > before) return;
      normal.remove(task.taskId);
      retry.add(task);
    }
  }
}
