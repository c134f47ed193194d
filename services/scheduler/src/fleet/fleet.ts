import type { NodeId, TaskId } from '@greencloud/domain';
import { FreeNodes } from '../placement/free-nodes.ts';
import type { KindDirectory } from '../placement/kind-directory.ts';
import { misfitOf } from '../placement/misfit.ts';
import type { NodeKind } from '../placement/node-kind.ts';
import type { ReadyTask } from '../queue/ready-task.ts';
import { FleetNode, type SessionStart } from './fleet-node.ts';
import { type Held, newHeld } from './held.ts';

/** The nodes of this replica, what they hold, and which of them can take a task now. */
export class Fleet {
  readonly #nodes = new Map<NodeId, FleetNode>();
  readonly #holders = new Map<TaskId, FleetNode>();
  readonly #free = new FreeNodes<FleetNode>();
  readonly #kinds: KindDirectory;
  #uses = 0;
  #onFree: (kind: NodeKind) => void = () => undefined;

  constructor(kinds: KindDirectory) {
    this.#kinds = kinds;
  }

  /** Called whenever a node could take one more task than before, or one that saves has changed. */
  whenFree(onFree: (kind: NodeKind) => void): void {
    this.#onFree = onFree;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get free(): number {
    return this.#free.size;
  }

  get(nodeId: NodeId): FleetNode | undefined {
    return this.#nodes.get(nodeId);
  }

  nodes(): Iterable<FleetNode> {
    return this.#nodes.values();
  }

  bestOf(kind: NodeKind): FleetNode | undefined {
    return this.#free.bestOf(kind);
  }

  /** The best node that has room for a large task now: looks at all that are free. */
  roomFor({ demand, tenantId, bans }: ReadyTask): FleetNode | undefined {
    return this.#free.find(
      (node) =>
        node.hasRoomFor(demand.memSize) &&
        misfitOf(node.kind, demand, tenantId) === undefined &&
        !bans.includes(node.nodeId),
    );
  }

  /** A session begins: of a new node, or of one that comes back with what it holds. */
  connect(start: Omit<SessionStart, 'kind'>): FleetNode {
    const session = { ...start, kind: this.#kinds.join(start.offer) };
    const known = this.#nodes.get(start.nodeId);
    if (known === undefined) {
      const node = new FleetNode(session);
      this.#nodes.set(node.nodeId, node);
      this.refresh(node);
      return node;
    }
    this.#free.drop(known);
    this.#kinds.leave(known.kind);
    known.begin(session);
    this.refresh(known);
    return known;
  }

  silence(node: FleetNode): void {
    node.link = 'silent';
    this.refresh(node);
  }

  drain(node: FleetNode, drains: 'by-owner' | 'by-itself'): void {
    if (node.drains !== 'by-itself') node.drains = drains;
    this.refresh(node);
  }

  restore(node: FleetNode): void {
    node.drains = 'no';
    this.refresh(node);
  }

  /** It is not ours any more. What still binds to it stays in `held` until it is settled. */
  forget(node: FleetNode, link: 'gone' | 'elsewhere'): void {
    node.link = link;
    this.#free.drop(node);
    this.#kinds.leave(node.kind);
    this.#nodes.delete(node.nodeId);
    if (node.saves === 'yes') this.#onFree(node.kind);
  }

  reserve(node: FleetNode, taskId: TaskId, memSize: number): Held {
    this.#uses += 1;
    node.lastUsed = this.#uses;
    return this.hold(node, newHeld(taskId, memSize));
  }

  /** Whether a node gets nothing new, so that it has room for a large task in the end. */
  save(node: FleetNode, saves: FleetNode['saves']): void {
    node.saves = saves;
    this.refresh(node);
  }

  /** An attempt takes the place of an earlier one of its task, and its slots too. */
  hold(node: FleetNode, held: Held): Held {
    const earlier = node.held.get(held.taskId);
    if (earlier !== undefined) this.ending(node, earlier);
    node.held.set(held.taskId, held);
    node.take(held.memSize);
    this.#holders.set(held.taskId, node);
    this.refresh(node);
    return held;
  }

  holderOf(taskId: TaskId): { readonly node: FleetNode; readonly held: Held } | undefined {
    const node = this.#holders.get(taskId);
    const held = node?.held.get(taskId);
    return node === undefined || held === undefined ? undefined : { node, held };
  }

  /** The node is done with it; the log does not know yet. */
  ending(node: FleetNode, held: Held): void {
    if (held.phase === 'ending') return;
    held.phase = 'ending';
    held.assignment = undefined;
    node.giveBack(held.memSize);
    this.refresh(node);
  }

  drop(node: FleetNode, held: Held): void {
    if (node.held.get(held.taskId) !== held) return;
    if (held.phase !== 'ending') node.giveBack(held.memSize);
    node.held.delete(held.taskId);
    if (this.#holders.get(held.taskId) === node) this.#holders.delete(held.taskId);
    this.refresh(node);
  }

  /** Puts a node where its load and its link now say. */
  refresh(node: FleetNode): void {
    const isFree = this.#nodes.get(node.nodeId) === node && node.takesTasks;
    if (isFree) this.#free.put(node);
    else this.#free.drop(node);
    if (isFree || node.saves === 'yes') this.#onFree(node.kind);
  }

  /** Out of the way for a moment: another node of its kind must be looked at. */
  setAside(node: FleetNode): void {
    this.#free.drop(node);
  }
}
