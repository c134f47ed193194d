import type { NodeId, TaskId } from '@greencloud/domain';
import type { Board } from '../board/board.ts';
import type { BoardChange } from '../board/board-change.ts';
import type { OpenTask } from '../board/open-task.ts';
import type { ReadyTask } from '../queue/ready-task.ts';
import type { World } from '../world.ts';

export interface FedQueue {
  add(task: ReadyTask): void;
  remove(taskId: TaskId): void;
}

export interface QueueFeedOptions {
  readonly world: World;
  readonly board: Board;
  readonly queue: FedQueue;
}

/**
 * Keeps the queue as the board says, but for the claimed tasks, which are about to be bound:
 * those come back only when the board shows them waiting at a version that was not tried.
 */
export class QueueFeed {
  readonly #options: QueueFeedOptions;
  /** The version that is being tried. */
  readonly #claims = new Map<TaskId, number>();

  constructor(options: QueueFeedOptions) {
    this.#options = options;
    options.board.listen((change) => this.#onChange(change));
  }

  /** The task, when it still waits; it is out of the queue until it is settled or given back. */
  claim(taskId: TaskId): OpenTask | undefined {
    const task = this.#options.board.get(taskId);
    if (task?.state.status !== 'issued' || this.#claims.has(taskId)) return undefined;
    this.#claims.set(taskId, task.state.version);
    return task;
  }

  /** The log has answered. An event that changes the task is on the board or on its way. */
  settle(taskId: TaskId): void {
    const tried = this.#claims.get(taskId);
    this.#claims.delete(taskId);
    const task = this.#options.board.get(taskId);
    if (task !== undefined && task.state.version !== tried) this.#enqueue(task);
  }

  /** Nothing happened to the task: it waits on. */
  giveBack(taskId: TaskId): void {
    this.#claims.delete(taskId);
    const task = this.#options.board.get(taskId);
    if (task !== undefined) this.#enqueue(task);
  }

  #onChange(change: BoardChange): void {
    if (this.#claims.has(change.taskId)) return;
    if (change.kind === 'waiting') this.#enqueue(change.task);
    else this.#options.queue.remove(change.taskId);
  }

  #enqueue(task: OpenTask): void {
    if (task.state.status !== 'issued') return;
    const { queue, world } = this.#options;
    const ready = readyTask(task, world.now());
    queue.remove(task.taskId);
    queue.add(ready);
    if (ready.bans.length > 0) this.#liftBans(task);
  }

  /** When its first ban ends, the task may go to that node again. */
  #liftBans({ taskId, bans, state }: OpenTask): void {
    const { board, world } = this.#options;
    const now = world.now();
    const ends = bans.flatMap(({ until }) => (until > now ? [until] : []));
    world.after(Math.min(...ends) - now, () => {
      const task = board.get(taskId);
      if (task?.state.version === state.version && !this.#claims.has(taskId)) this.#enqueue(task);
    });
  }
}

function readyTask(task: OpenTask, now: number): ReadyTask {
  const { taskId, partition, state, since, bans } = task;
  return {
    taskId,
    partition,
    tenantId: state.tenantId,
    demand: state.capabilities,
    cost: state.timeoutSeconds,
    priority: state.attempt > 0 ? 'retry' : 'normal',
    since,
    bans: bans.length === 0 ? none : stillBanned(bans, now),
  };
}

// One for all: each task would keep an empty array of its own.
const none: readonly NodeId[] = [];

function stillBanned(bans: OpenTask['bans'], now: number): readonly NodeId[] {
  return bans.flatMap(({ nodeId, until }) => (until > now ? [nodeId] : []));
}
