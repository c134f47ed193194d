/** What carries its own place in a list. */
export interface Linked<L> {
  before: L | undefined;
  after: L | undefined;
}

/**
 * First in, first out, with removal from anywhere in O(1). Not a Map in insertion order: its
 * `keys().next()` walks over everything that was deleted before it. The links are in the items
 * themselves, which saves an object for each of 100,000 tasks.
 */
export class LinkedList<L extends Linked<L>> {
  #first: L | undefined;
  #last: L | undefined;
  #size = 0;

  get first(): L | undefined {
    return this.#first;
  }

  get size(): number {
    return this.#size;
  }

  /** `item` must be in no list. */
  append(item: L): void {
    item.before = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.after = item;
    this.#last = item;
    this.#size += 1;
  }

  /** `item` must be in this list. */
  remove(item: L): void {
    if (item.before === undefined) this.#first = item.after;
    else item.before.after = item.after;
    if (item.after === undefined) this.#last = item.before;
    else item.after.before = item.before;
    item.before = undefined;
    item.after = undefined;
    this.#size -= 1;
  }

  *[Symbol.iterator](): Generator<L> {
    for (let item = this.#first; item !== undefined; item = item.after) yield item;
  }
}
