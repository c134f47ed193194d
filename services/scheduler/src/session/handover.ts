import type { LogReader } from '@greencloud/event-log';
import { assignmentOf } from '../binding/assignment.ts';
import type { Bound } from '../binding/binder.ts';
import type { Board } from '../board/board.ts';
import type { HeldTask, OpenTask } from '../board/open-task.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import { type Held, newHeld } from '../fleet/held.ts';
import type { World } from '../world.ts';
import type { AttemptEnd } from './attempt-end.ts';

export interface HandoverOptions {
  readonly world: World;
  readonly board: Board;
  readonly fleet: Fleet;
  readonly ends: AttemptEnd;
  readonly log: Pick<LogReader, 'getPayload'>;
  readonly onTrouble: (error: unknown) => void;
}

/** Brings attempts that the log has given to a node to the node itself. */
export class Handover {
  readonly #options: HandoverOptions;

  constructor(options: HandoverOptions) {
    this.#options = options;
  }

  /** The log has bound it a moment ago; much may have happened to node and task meanwhile. */
  bound({ node, held, task }: Bound): void {
    const { board, ends, fleet } = this.#options;
    // Disowned, or brought meanwhile by the node itself.
    if (node.held.get(task.taskId) !== held) return;
    const isOver = isPast(board.get(task.taskId), held.attempt);
    if (isOver || node.link === 'elsewhere') return fleet.drop(node, held);
    if (node.link === 'gone') return ends.release(node, held, 'node_lost');
    if (node.drains !== 'no') return ends.release(node, held, 'drained');
    this.send(node, held);
  }

  /** A silent node hears of it when it is back. */
  send(node: FleetNode, held: Held): void {
    held.phase = 'sent';
    held.sentAt = this.#options.world.uptime();
    if (node.link === 'connected' && held.assignment !== undefined) {
      node.outbox.assign(held.assignment);
    }
  }

  /**
   * For an attempt that another process bound: its payload is in the log. Never rejects: what cannot
   * be read is released as any attempt that its node has not accepted in time.
   */
  async give(node: FleetNode, task: HeldTask): Promise<void> {
    const { fleet, world, onTrouble } = this.#options;
    const { attempt } = task.state;
    const sentAt = world.uptime();
    const held = fleet.hold(node, {
      ...newHeld(task.taskId, task.state.capabilities.memSize),
      attempt,
      phase: 'sent',
      sentAt,
    });
    try {
      await this.#bring(node, held, task);
    } catch (error) {
      onTrouble(error);
    }
  }

  async #bring(node: FleetNode, held: Held, task: HeldTask): Promise<void> {
    const { taskId, payloadSize } = task;
    const { log } = this.#options;
    const payload = payloadSize === 'none' ? undefined : await log.getPayload(taskId);
    if (node.held.get(taskId) !== held || held.phase !== 'sent') return;
    held.assignment = assignmentOf(task, held.attempt, payload);
    this.send(node, held);
  }
}

/** The board is ahead of the answer: the attempt has ended already. */
function isPast(task: OpenTask | undefined, attempt: number): boolean {
  if (task === undefined || task.state.attempt > attempt) return true;
  return task.state.status === 'issued' && task.state.attempt === attempt;
}
