import type { TaskId } from '@greencloud/domain';
import type { Board } from '../board/board.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import { misfitOf } from '../placement/misfit.ts';
import type { ReadyTask } from '../queue/ready-task.ts';
import type { QueueFeed } from './queue-feed.ts';

export interface ReservationsOptions {
  readonly board: Board;
  readonly fleet: Fleet;
  readonly feed: Pick<QueueFeed, 'giveBack'>;
  readonly place: (task: ReadyTask, node: FleetNode) => void;
}

interface Reservation {
  readonly task: ReadyTask;
  readonly node: FleetNode;
}

// What they save up is idle meanwhile: the large tasks of one tenant must not stop a whole fleet.
const nodesForOne = 8;

/**
 * Large tasks whose turn came when no node had room for them. Each has a node that gets nothing else
 * until it has: where small tasks wait, one of them would take every slot that becomes free, and the
 * large one would wait for ever. It goes to whichever node has room first.
 */
export class Reservations {
  readonly #options: ReservationsOptions;
  readonly #all = new Map<TaskId, Reservation>();

  constructor(options: ReservationsOptions) {
    this.#options = options;
    // It has a node, or its end, or was released and stands in the queue again.
    options.board.listen(({ taskId }) => {
      const reservation = this.#all.size === 0 ? undefined : this.#all.get(taskId);
      if (reservation !== undefined) this.#end(reservation);
    });
  }

  get hasPlace(): boolean {
    return this.#all.size * nodesForOne < this.#options.fleet.size;
  }

  make(task: ReadyTask, node: FleetNode): void {
    if (this.#all.has(task.taskId)) return;
    this.#all.set(task.taskId, { task, node });
    this.#options.fleet.save(node, 'yes');
  }

  /** Places those for which there is room by now, and gives back those whose node has left, or is back with less. */
  settle(): void {
    for (const reservation of this.#all.values()) {
      const { task, node } = reservation;
      const isFit =
        node.isInService && misfitOf(node.kind, task.demand, task.tenantId) === undefined;
      const isRoomy = isFit && node.hasRoomFor(task.demand.memSize);
      const roomy = isRoomy ? node : this.#options.fleet.roomFor(task);
      if (roomy === undefined && isFit) continue;
      this.#end(reservation);
      if (roomy === undefined) this.#options.feed.giveBack(task.taskId);
      else this.#options.place(task, roomy);
    }
  }

  #end({ task, node }: Reservation): void {
    this.#all.delete(task.taskId);
    this.#options.fleet.save(node, 'no');
  }
}
