import type { Sandbox } from '../sandbox/sandbox.ts';

interface Warm {
  readonly key: string;
  readonly sandbox: Sandbox;
  readonly since: number;
}

/** Idle sandboxes, the longest idle first. */
export class WarmSet {
  // A Map keeps the order of insertion: its first entry is the least recently used one.
  readonly #warm = new Map<Sandbox, Warm>();
  readonly #byKey = new Map<string, Sandbox[]>();

  get size(): number {
    return this.#warm.size;
  }

  add(key: string, sandbox: Sandbox): void {
    this.#warm.set(sandbox, { key, sandbox, since: performance.now() });
    const same = this.#byKey.get(key);
    if (same === undefined) this.#byKey.set(key, [sandbox]);
    else same.push(sandbox);
  }

  /** The one used last: its memory is the warmest, and the others can grow old. */
  take(key: string): Sandbox | undefined {
    const sandbox = this.#byKey.get(key)?.at(-1);
    if (sandbox === undefined) return undefined;
    this.remove(sandbox);
    // It may have been doomed while it was idle, and its end not yet be told.
    return sandbox.state === 'idle' ? sandbox : this.take(key);
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
}
