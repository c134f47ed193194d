import type { NodeId } from '@greencloud/domain';
import type { Placeable } from '../placement/free-nodes.ts';
import type { NodeKind } from '../placement/node-kind.ts';
import { compareNodes } from '../placement/score.ts';
import type { Taken } from '../queue/ready-queue.ts';
import type { HasRoom, ReadyTask } from '../queue/ready-task.ts';
import type { Slices } from '../slices.ts';

export interface NodeOfKind extends Placeable {
  readonly nodeId: NodeId;
  hasRoomFor(memSize: number): boolean;
}

export interface MatcherOptions<N extends NodeOfKind> {
  readonly queue: {
    readonly size: number;
    take(kind: NodeKind, nodeId: NodeId, hasRoom: HasRoom): Taken;
  };
  readonly nodes: {
    bestOf(kind: NodeKind): N | undefined;
    roomFor(task: ReadyTask): N | undefined;
    setAside(node: N): void;
    refresh(node: N): void;
  };
  /** Must reserve a slot of the node, or give the task back. */
  readonly place: (task: ReadyTask, node: N) => void;
  readonly reservations: {
    readonly hasPlace: boolean;
    /** The node gets nothing else until it has room for the task. */
    make(task: ReadyTask, node: N): void;
  };
}

const endless = { isOver: false };

/**
 * Brings free slots and waiting tasks together: the best free node takes the task whose turn it
 * is. Looks only at kinds of nodes of which one got free, or for which a task came, since the
 * last run; for all others it is known that nothing fits.
 */
export class Matcher<N extends NodeOfKind> {
  readonly #options: MatcherOptions<N>;
  readonly #candidates = new Set<NodeKind>();

  constructor(options: MatcherOptions<N>) {
    this.#options = options;
  }

  /** A node of the kind may be free, or a task may wait for one. */
  consider(kind: NodeKind): void {
    this.#candidates.add(kind);
  }

  /** Makes at most `most` placements, in one slice. `more`: there may be more to do. */
  run(most: number, slices: Pick<Slices, 'isOver'> = endless): 'done' | 'more' {
    const aside: N[] = [];
    let placed = 0;
    let outcome: 'done' | 'more' = 'more';
    while (placed < most && !slices.isOver) {
      const node = this.#options.queue.size > 0 ? this.#best() : undefined;
      if (node === undefined) {
        outcome = 'done';
        break;
      }
      if (this.#serve(node, aside) === 'placed') placed += 1;
    }
    for (const node of aside) this.#options.nodes.refresh(node);
    if (outcome === 'done') this.#candidates.clear();
    return outcome;
  }

  #serve(node: N, aside: N[]): 'placed' | 'none' {
    const { queue, nodes, reservations } = this.#options;
    const hasRoom = (memSize: number) => node.hasRoomFor(memSize) || reservations.hasPlace;
    const task = queue.take(node.kind, node.nodeId, hasRoom);
    if (task === 'nothing') this.#candidates.delete(node.kind);
    else if (task === 'banned') {
      nodes.setAside(node);
      aside.push(node);
    } else {
      this.#give(task, node);
      return 'placed';
    }
    return 'none';
  }

  /** A large task goes wherever there is room for it, before this node saves for it. */
  #give(task: ReadyTask, node: N): void {
    const { nodes, place, reservations } = this.#options;
    const roomy = node.hasRoomFor(task.demand.memSize) ? node : nodes.roomFor(task);
    if (roomy === undefined) reservations.make(task, node);
    else place(task, roomy);
  }

  /** The best free node of all candidates; kinds without a free node are candidates no longer. */
  #best(): N | undefined {
    let best: N | undefined;
    for (const kind of this.#candidates) {
      const node = this.#options.nodes.bestOf(kind);
      if (node === undefined) this.#candidates.delete(kind);
      else if (best === undefined || compareNodes(node, best) < 0) best = node;
    }
    return best;
  }
}
