import type { Step } from './life.ts';

/** Steps by their moment; what is due at the same moment keeps the order in which it was planned. */
export class Agenda {
  readonly #heap: Step[] = [];

  get size(): number {
    return this.#heap.length;
  }

  add(step: Step): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(step);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as Step;
      if (!isBefore(step, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = step;
  }

  next(): Step | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Step, heap[child] as Step))
        child++;
      if (!isBefore(heap[child] as Step, last)) break;
      heap[place] = heap[child] as Step;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(a: Step, b: Step): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
