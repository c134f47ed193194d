import { DomainError } from '@greencloud/domain';
import { type Batcher, createBatcher } from '@greencloud/runtime';
import type { Board } from '../board/board.ts';
import type { OpenTask } from '../board/open-task.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import type { Held } from '../fleet/held.ts';
import type { ReadyTask } from '../queue/ready-task.ts';
import { backOff } from '../record/back-off.ts';
import { assignId } from '../record/command-id.ts';
import type { AssignAnswer, AssignCommand, TaskCommands } from '../record/task-commands.ts';
import type { World } from '../world.ts';
import { assignmentOf } from './assignment.ts';
import type { QueueFeed } from './queue-feed.ts';

export interface Bound {
  readonly node: FleetNode;
  readonly held: Held;
  readonly task: OpenTask;
}

export interface BinderOptions {
  readonly world: World;
  readonly board: Board;
  readonly fleet: Fleet;
  readonly feed: QueueFeed;
  readonly commands: Pick<TaskCommands, 'assign'>;
  /** The log has given the task to the node: it must hear of it, or the attempt must end. */
  readonly onBound: (bound: Bound) => void;
  /** `conflict`: another replica was first, or the task had ended. */
  readonly onOutcome: (
    outcome: 'bound' | 'conflict' | 'unexpected' | 'unknown',
    detail?: unknown,
  ) => void;
}

interface Order {
  readonly command: AssignCommand;
  readonly bytes: number;
}

/** Somebody else was first; an event that says so is on its way. */
const lost = new Set<string>(['CONFLICT', 'TASK_ALREADY_FINISHED', 'TASK_NOT_FOUND']);
const unexpectedPauseMs = 1_000;

/** Binds tasks to reserved slots by a conditional TaskAssigned, many in one call. */
export class Binder {
  readonly #options: BinderOptions;
  readonly #batcher: Batcher<Order, AssignAnswer>;
  readonly #stop = new AbortController();
  #inFlight = 0;

  constructor(options: BinderOptions) {
    this.#options = options;
    this.#batcher = createBatcher<Order, AssignAnswer>({
      run: (orders) => options.commands.assign(orders.map(({ command }) => command)),
      // task-command takes at most 240 in one call.
      maxItems: 200,
      // The answer carries the payloads, and must fit a message of 4 MiB.
      maxBytes: 2 * 1024 * 1024,
      sizeOf: ({ bytes }) => bytes,
      maxWaiting: 100_000,
      concurrency: 2,
    });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Reserves a slot and binds. A task that waits no longer is left alone. */
  place(ready: ReadyTask, node: FleetNode): void {
    const { feed, fleet, world } = this.#options;
    const task = feed.claim(ready.taskId);
    if (task === undefined) return;
    node.begins(world.uptime());
    // A node of ours has brought it from another replica: the board is behind, and will hear of it.
    const present = fleet.holderOf(task.taskId)?.held.attempt ?? 0;
    if (present > task.state.attempt) return feed.settle(task.taskId);
    const held = fleet.reserve(node, task.taskId);
    void this.#bind({ node, held, task });
  }

  /** What is in flight gets its answer or, after a moment, is left to whoever comes next. */
  async stop(): Promise<void> {
    const cancel = this.#options.world.after(1_000, () => this.#stop.abort());
    await this.#batcher.drain();
    cancel();
    this.#stop.abort();
  }

  async #bind(bound: Bound): Promise<void> {
    const { feed, fleet, onBound, onOutcome } = this.#options;
    const { node, held, task } = bound;
    this.#inFlight += 1;
    const answer = await this.#answer(orderOf(task, node));
    this.#inFlight -= 1;
    if (answer.kind === 'unknown') return;
    if (answer.kind === 'assigned') {
      held.attempt = answer.attempt;
      held.assignment = assignmentOf(task, answer.attempt, answer.payload);
      onOutcome('bound');
      onBound(bound);
      return feed.settle(task.taskId);
    }
    fleet.drop(node, held);
    if (lost.has(answer.code)) {
      onOutcome('conflict', answer);
      return feed.settle(task.taskId);
    }
    onOutcome('unexpected', answer);
    this.#options.world.after(unexpectedPauseMs, () => feed.giveBack(task.taskId));
  }

  /** The same command again until the log has said what became of it. */
  async #answer(order: Order): Promise<AssignAnswer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#batcher.submit(order).catch(unknown);
      if (answer.kind !== 'unknown' || this.#stop.signal.aborted) return answer;
      this.#options.onOutcome('unknown', answer.error);
      await backOff(this.#options.world, attempt, this.#stop.signal);
    }
  }
}

function orderOf({ taskId, state, payload }: OpenTask, { nodeId, epoch }: FleetNode): Order {
  const { version } = state;
  const commandId = assignId(taskId, version, nodeId, epoch);
  const command = { commandId, taskId, expectedVersion: version, nodeId, sessionEpoch: epoch };
  return { command, bytes: 100 + (payload?.size ?? 0) };
}

function unknown(error: unknown): AssignAnswer {
  return { kind: 'unknown', error: error ?? new DomainError('UNAVAILABLE', 'no answer') };
}
