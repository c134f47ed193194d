import type { Board } from '../board/board.ts';
import type { OpenTask } from '../board/open-task.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import type { Held } from '../fleet/held.ts';
import type { ReadyTask } from '../queue/ready-task.ts';
import { backOff } from '../record/back-off.ts';
import { assignId } from '../record/command-id.ts';
import { GroupCalls } from '../record/group-calls.ts';
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

interface Order extends Bound {
  readonly command: AssignCommand;
  tries: number;
}

/** Somebody else was first; an event that says so is on its way. */
const lost = new Set<string>(['CONFLICT', 'TASK_ALREADY_FINISHED', 'TASK_NOT_FOUND']);
const unexpectedPauseMs = 1_000;

/** Binds tasks to reserved slots by a conditional TaskAssigned, many in one call. */
export class Binder {
  readonly #options: BinderOptions;
  readonly #calls: GroupCalls<Order, AssignAnswer>;
  readonly #stop = new AbortController();
  #inFlight = 0;

  constructor(options: BinderOptions) {
    this.#options = options;
    this.#calls = new GroupCalls<Order, AssignAnswer>({
      call: (orders) => options.commands.assign(orders.map(({ command }) => command)),
      onAnswer: (order, answer) => this.#onAnswer(order, answer),
      // task-command takes at most 240 in one call.
      maxItems: 200,
      // The answer carries the payloads, and must fit a message of 4 MiB.
      maxBytes: 2 * 1024 * 1024,
      sizeOf: ({ task }) => 100 + (task.payloadSize === 'none' ? 0 : task.payloadSize),
      concurrency: 2,
    });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Reserves its slots and binds. A task that waits no longer is left alone. */
  place(ready: ReadyTask, node: FleetNode): void {
    const { feed, fleet, world } = this.#options;
    const task = feed.claim(ready.taskId);
    if (task === undefined) return;
    node.begins(world.uptime());
    // A node of ours has brought it from another replica: the board is behind, and will hear of it.
    const present = fleet.holderOf(task.taskId)?.held.attempt ?? 0;
    if (present > task.state.attempt) return feed.settle(task.taskId);
    const held = fleet.reserve(node, task.taskId, task.state.capabilities.memSize);
    this.#inFlight += 1;
    this.#calls.put({ node, held, task, command: commandOf(task, node), tries: 0 });
  }

  /** What is in flight gets its answer or, after a moment, is left to whoever comes next. */
  async stop(): Promise<void> {
    const cancel = this.#options.world.after(1_000, () => this.#stop.abort());
    await this.#calls.idle();
    cancel();
    this.#stop.abort();
  }

  #onAnswer(order: Order, answer: AssignAnswer): void {
    if (answer.kind === 'unknown') return void this.#again(order, answer.error);
    const { feed, fleet, onBound, onOutcome } = this.#options;
    const { node, held, task } = order;
    this.#inFlight -= 1;
    if (answer.kind === 'assigned') {
      held.attempt = answer.attempt;
      held.assignment = assignmentOf(task, answer.attempt, answer.payload);
      onOutcome('bound');
      onBound(order);
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
  async #again(order: Order, error: unknown): Promise<void> {
    const { world, onOutcome } = this.#options;
    const { signal } = this.#stop;
    if (!signal.aborted) {
      onOutcome('unknown', error);
      order.tries += 1;
      await backOff(world, order.tries, signal);
    }
    if (signal.aborted) this.#inFlight -= 1;
    else this.#calls.put(order);
  }
}

function commandOf(
  { taskId, state }: OpenTask,
  { nodeId, epoch: sessionEpoch }: FleetNode,
): AssignCommand {
  const expectedVersion = state.version;
  const commandId = assignId(taskId, expectedVersion, nodeId, sessionEpoch);
  return { commandId, taskId, expectedVersion, nodeId, sessionEpoch };
}
