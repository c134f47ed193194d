type Item<T> =
  | { readonly kind: 'message'; readonly message: T }
  | { readonly kind: 'end' }
  | { readonly kind: 'failure'; readonly error: unknown };

/** What has come on a stream and was not read yet. */
export class Inbox<T> implements AsyncIterable<T> {
  #items: Item<T>[] = [];
  #wake: (() => void) | undefined;
  #state: 'open' | 'closed' = 'open';

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  push(message: T): void {
    if (this.#state === 'open') this.#add({ kind: 'message', message });
  }

  end(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#add({ kind: 'end' });
  }

  /** What was not read yet is lost with it, as in a stream that is destroyed. */
  fail(error: unknown): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#items = [];
    this.#add({ kind: 'failure', error });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const item = this.#items.shift();
      if (item === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (item.kind === 'message') yield item.message;
      else if (item.kind === 'failure') throw item.error;
      else return;
    }
  }

  #add(item: Item<T>): void {
    this.#items.push(item);
    this.#wake?.();
    this.#wake = undefined;
  }
}
