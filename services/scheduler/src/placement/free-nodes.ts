import { IndexedHeap } from './indexed-heap.ts';
import type { NodeKind } from './node-kind.ts';
import { compareNodes, type Scored } from './score.ts';

export interface Placeable extends Scored {
  readonly kind: NodeKind;
}

/** The nodes that can take a task now, the best of each kind on top. */
export class FreeNodes<N extends Placeable> {
  readonly #heaps = new Map<NodeKind, IndexedHeap<N>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a node, or moves it after its load has changed. */
  put(node: N): void {
    const heap = this.#heapOf(node.kind);
    this.#size -= heap.size;
    heap.put(node);
    this.#size += heap.size;
  }

  drop(node: N): void {
    const heap = this.#heaps.get(node.kind);
    if (heap === undefined) return;
    this.#size -= heap.size;
    heap.remove(node);
    this.#size += heap.size;
    if (heap.size === 0) this.#heaps.delete(node.kind);
  }

  bestOf(kind: NodeKind): N | undefined {
    return this.#heaps.get(kind)?.first;
  }

  /** The best of those that fit, of whatever kind. */
  find(fits: (node: N) => boolean): N | undefined {
    let best: N | undefined;
    for (const heap of this.#heaps.values()) {
      for (const node of heap.items) {
        if ((best === undefined || compareNodes(node, best) < 0) && fits(node)) best = node;
      }
    }
    return best;
  }

  #heapOf(kind: NodeKind): IndexedHeap<N> {
    const heap = this.#heaps.get(kind) ?? new IndexedHeap<N>(compareNodes);
    this.#heaps.set(kind, heap);
    return heap;
  }
}
