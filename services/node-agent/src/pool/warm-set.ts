import type { Sandbox } from '../sandbox/sandbox.ts';

// To freeze and wake a process of ten threads costs as much as an empty task, so that a busy one is
// left alone; and what a lambda can do unasked in this time is not worth having.
const REST_AFTER_MS = 20;

interface Warm {
  readonly key: string;
  readonly sandbox: Sandbox;
  readonly since: number;
}

/** Idle sandboxes, the longest idle first. They rest, so that no lambda works on unasked. */
export class WarmSet {
  // A Map keeps the order of insertion: its first entry is the least recently used one.
  readonly #warm = new Map<Sandbox, Warm>();
  readonly #byKey = new Map<string, Sandbox[]>();
  #rests: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#warm.size;
  }

  add(key: string, sandbox: Sandbox): void {
    this.#warm.set(sandbox, { key, sandbox, since: performance.now() });
    const same = this.#byKey.get(key);
    if (same === undefined) this.#byKey.set(key, [sandbox]);
    else same.push(sandbox);
    if (this.#rests === undefined) this.#restLater();
  }

  /** The one used last: its memory is the warmest, and the others can grow old. */
  take(key: string): Sandbox | undefined {
    const sandbox = this.#byKey.get(key)?.at(-1);
    if (sandbox === undefined) return undefined;
    this.remove(sandbox);
    // It may have been doomed while it was idle, and its end not yet be told.
    if (sandbox.state !== 'idle') return this.take(key);
    sandbox.wake();
    return sandbox;
  }

  remove(sandbox: Sandbox): void {
    const warm = this.#warm.get(sandbox);
    if (warm === undefined) return;
    this.#warm.delete(sandbox);
    const others = this.#byKey.get(warm.key)?.filter((other) => other !== sandbox) ?? [];
    if (others.length === 0) this.#byKey.delete(warm.key);
    else this.#byKey.set(warm.key, others);
  }

  leastRecent(): Sandbox | undefined {
    const [first] = this.#warm.keys();
    return first;
  }

  idleFor(ms: number): Sandbox[] {
    const before = performance.now() - ms;
    const old = [...this.#warm.values()].filter((warm) => warm.since <= before);
    return old.map((warm) => warm.sandbox);
  }

  #restLater(): void {
    this.#rests = setTimeout(() => this.#restOld(), REST_AFTER_MS).unref();
  }

  #restOld(): void {
    this.#rests = undefined;
    const old = this.idleFor(REST_AFTER_MS);
    for (const sandbox of old) sandbox.rest();
    if (old.length < this.size) this.#restLater();
  }
}
