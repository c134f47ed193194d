import { setTimeout as sleep } from 'node:timers/promises';
import type { LaunchPlan } from '../sandbox/launch-plan.ts';
import type { Loaded, Started } from '../sandbox/outcome.ts';
import { Sandbox } from '../sandbox/sandbox.ts';
import { KeyBook, type KeyState } from './key-book.ts';
import { Room, type RoomLimits } from './room.ts';
import { WarmSet } from './warm-set.ts';

/** Whose code a sandbox holds. Two tasks share one only when all of it is equal. */
export interface SandboxSpec {
  readonly tenantId: string;
  readonly codeVersion: string;
  readonly memoryMib: number;
  readonly code: Uint8Array;
}

export type Acquired =
  | { readonly kind: 'ready'; readonly sandbox: Sandbox }
  | Exclude<Started, { kind: 'started' }>
  | Exclude<Loaded, { kind: 'ready' }>
  /** The pool was closed while this waited. */
  | { readonly kind: 'closed' };

export interface PoolOptions extends RoomLimits {
  readonly plan: (memoryMib: number) => LaunchPlan;
  readonly idleMs: number;
  readonly loadLimitMs: number;
  /** Processes that may come up at the same time: 50 ms of CPU each, so no more than the cores. */
  readonly startsAtOnce: number;
}

// A module that only defines things loads in 2 ms.
const QUICK_LOAD_MS = 50;
// An empty task takes 0.1 ms and a start 50 ms: whoever waits for a lambda that has sandboxes
// already should first see whether one of them comes free.
const PATIENCE_MS = 20;
// Of work: what user code leaks does not add up for ever, and CPU time stays below its limit.
const RETIRE_AFTER_MS = 300_000;

interface Waiter {
  readonly key: string;
  readonly spec: SandboxSpec;
  readonly since: number;
  readonly resolve: (acquired: Acquired) => void;
}

/**
 * Sandboxes by tenant and code version. A task takes an idle one, else whichever comes first: one
 * that another task of the same key gives back, or a new one. So a burst of short tasks waits for
 * one start, not for one start each. Memory and number are bounded; idle ones make room, the
 * longest idle first.
 */
export class SandboxPool {
  readonly #options: PoolOptions;
  readonly #room: Room;
  readonly #warm = new WarmSet();
  /** All there are, from before their start to after their end. */
  readonly #keys = new Map<Sandbox, string>();
  readonly #ending = new Set<Sandbox>();
  readonly #book = new KeyBook();
  readonly #sweeper: NodeJS.Timeout;
  #waiters: Waiter[] = [];
  #starts = 0;
  #look: NodeJS.Timeout | undefined;
  #lookAt = 0;
  #state: 'open' | 'closed' = 'open';

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#room = new Room(options);
    this.#sweeper = setInterval(() => this.#sweep(options.idleMs), options.idleMs / 2).unref();
  }

  get size(): number {
    return this.#room.sandboxes;
  }

  get warm(): number {
    return this.#warm.size;
  }

  /** Whether a task with this demand can ever run here. */
  canHold(memoryMib: number): boolean {
    return this.#room.fitsAlone(memoryMib);
  }

  /** The caller owns the sandbox until `release`. First come, first served. */
  acquire(spec: SandboxSpec): Promise<Acquired> {
    if (this.#state === 'closed') return Promise.resolve({ kind: 'closed' });
    const key = `${spec.tenantId}\n${spec.codeVersion}\n${spec.memoryMib}`;
    const sandbox = this.#warm.take(key);
    if (sandbox !== undefined) return Promise.resolve({ kind: 'ready', sandbox });
    return new Promise((resolve) => {
      this.#waiters.push({ key, spec, since: performance.now(), resolve });
      this.#lookIn(0);
    });
  }

  /** Back from its task. One that is not idle is on its way out, and one that is worn goes too. */
  release(sandbox: Sandbox): void {
    const key = this.#keys.get(sandbox);
    const isWorn = sandbox.busyMs > RETIRE_AFTER_MS;
    if (key === undefined || isWorn || sandbox.state !== 'idle') return this.#end(sandbox);
    this.#offer(key, sandbox);
  }

  /** Ends the idle ones now: what they remember is only speed. */
  cool(): void {
    this.#sweep(0);
  }

  /** Ends all of them, whatever they do. */
  async close(): Promise<void> {
    this.#state = 'closed';
    clearInterval(this.#sweeper);
    clearTimeout(this.#look);
    for (const waiter of this.#waiters.splice(0)) waiter.resolve({ kind: 'closed' });
    const all = [...this.#keys.keys()];
    for (const sandbox of all) sandbox.kill();
    await Promise.all(all.map((sandbox) => sandbox.ended));
  }

  #offer(key: string, sandbox: Sandbox): void {
    const next = this.#waiters.findIndex((waiter) => waiter.key === key);
    if (next > 0 && this.#oldestNeedsRoom()) return this.#end(sandbox);
    const [waiter] = next < 0 ? [] : this.#waiters.splice(next, 1);
    if (waiter !== undefined) return waiter.resolve({ kind: 'ready', sandbox });
    this.#warm.add(key, sandbox);
    if (this.#waiters.length > 0) this.#lookIn(0);
  }

  /** Without this a busy tenant's tasks would hand their sandboxes on for ever, and it would starve. */
  #oldestNeedsRoom(): boolean {
    const [oldest] = this.#waiters;
    if (oldest === undefined || this.#ending.size > 0) return false;
    if ((this.#book.find(oldest.key)?.starting ?? 0) > 0) return false;
    return this.#room.has(oldest.spec.memoryMib) === 'full';
  }

  /** One look for all that begin to wait in the same tick. */
  #lookIn(ms: number): void {
    const at = performance.now() + ms;
    if (this.#look !== undefined && this.#lookAt <= at) return;
    clearTimeout(this.#look);
    this.#lookAt = at;
    this.#look = setTimeout(() => {
      this.#look = undefined;
      this.#startForWaiters();
    }, ms);
  }

  #startForWaiters(): void {
    const wanted = new Map<string, number>();
    for (const waiter of this.#waiters) {
      if (this.#starts >= this.#options.startsAtOnce) return;
      const position = (wanted.get(waiter.key) ?? 0) + 1;
      wanted.set(waiter.key, position);
      const state = this.#book.find(waiter.key);
      if (position <= (state?.starting ?? 0)) continue;
      if (state !== undefined && isTooEarly(waiter, state)) this.#lookIn(PATIENCE_MS);
      else if (this.#takeRoom(waiter.spec.memoryMib) === 'full') return;
      else void this.#start(waiter.key, waiter.spec);
    }
  }

  /** Takes room for a start, if need be from an idle sandbox: that one's end tries again. */
  #takeRoom(memoryMib: number): 'taken' | 'full' {
    if (this.#room.take(memoryMib) === 'taken') return 'taken';
    const idle = this.#warm.leastRecent();
    if (idle !== undefined && this.#ending.size === 0) this.#end(idle);
    return 'full';
  }

  async #start(key: string, spec: SandboxSpec): Promise<void> {
    this.#book.added(key);
    const loaded = await this.#launch(key, spec);
    this.#book.started(key);
    if (loaded.kind === 'ready') this.#offer(key, loaded.sandbox);
    else this.#refuse(key, loaded);
    this.#startForWaiters();
  }

  async #launch(key: string, spec: SandboxSpec): Promise<Acquired> {
    const sandbox = this.#spawn(key, spec);
    if (sandbox === 'failed') return { kind: 'unavailable', detail: 'no process could be started' };
    this.#starts += 1;
    const loading = this.#load(sandbox, spec);
    await sandbox.started;
    const slow = sleep(QUICK_LOAD_MS, 'slow' as const, { ref: false });
    const pace = await Promise.race([loading, slow]);
    this.#starts -= 1;
    // The load runs the lambda's own code: one that takes its time must not hold up others.
    if (pace === 'slow') this.#startForWaiters();
    return loading;
  }

  async #load(sandbox: Sandbox, { code }: SandboxSpec): Promise<Acquired> {
    const started = await sandbox.started;
    if (started.kind !== 'started') return started;
    const loaded = await sandbox.load(code, this.#options.loadLimitMs);
    return loaded.kind === 'ready' ? { kind: 'ready', sandbox } : loaded;
  }

  #spawn(key: string, spec: SandboxSpec): Sandbox | 'failed' {
    try {
      const sandbox = new Sandbox(this.#options.plan(spec.memoryMib));
      this.#keys.set(sandbox, key);
      void sandbox.ended.then(() => this.#forget(sandbox));
      return sandbox;
    } catch {
      // Out of file descriptors or processes.
      this.#book.removed(key);
      this.#room.giveBack(spec.memoryMib);
      return 'failed';
    }
  }

  /** All that wait for the same module: for each of them it would be the same. */
  #refuse(key: string, refusal: Acquired): void {
    const refused = this.#waiters.filter((waiter) => waiter.key === key);
    this.#waiters = this.#waiters.filter((waiter) => waiter.key !== key);
    for (const waiter of refused) waiter.resolve(refusal);
  }

  #end(sandbox: Sandbox): void {
    this.#warm.remove(sandbox);
    if (this.#keys.has(sandbox)) this.#ending.add(sandbox);
    sandbox.kill();
  }

  #forget(sandbox: Sandbox): void {
    this.#warm.remove(sandbox);
    this.#ending.delete(sandbox);
    this.#book.removed(this.#keys.get(sandbox) ?? '');
    this.#keys.delete(sandbox);
    this.#room.giveBack(sandbox.memoryMib);
    this.#startForWaiters();
  }

  #sweep(idleMs: number): void {
    for (const sandbox of this.#warm.idleFor(idleMs)) this.#end(sandbox);
  }
}

function isTooEarly({ since }: Waiter, { readyAt }: KeyState): boolean {
  return performance.now() - Math.max(since, readyAt) < PATIENCE_MS;
}
