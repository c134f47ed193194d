import type { Sandbox } from '../sandbox/sandbox.ts';
import { Alarm } from './alarm.ts';
import { KeyBook, type KeyState } from './key-book.ts';
import { isEnd, type Launched, refusalOf } from './launched.ts';
import { Launcher } from './launcher.ts';
import type { Acquired, PoolOptions, SandboxSpec } from './pool-options.ts';
import { Room } from './room.ts';
import { Spares } from './spares.ts';
import { WarmSet } from './warm-set.ts';

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
 * one start, not for one start each. A new one is a spare where there is one. Memory and number are
 * bounded; idle ones make room, the longest idle first, and spares after them.
 */
export class SandboxPool {
  readonly #options: PoolOptions;
  readonly #room: Room;
  readonly #warm = new WarmSet();
  readonly #spares: Spares;
  readonly #launcher: Launcher;
  /** All that have a key, from before their start to after their end. */
  readonly #keys = new Map<Sandbox, string>();
  readonly #ending = new Set<Sandbox>();
  readonly #book = new KeyBook();
  readonly #sweeper: NodeJS.Timeout;
  readonly #look = new Alarm(() => this.#startForWaiters());
  #waiters: Waiter[] = [];
  #state: 'open' | 'closed' = 'open';

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#room = new Room(options);
    this.#launcher = new Launcher({ ...options, onSlow: () => this.#startForWaiters() });
    this.#spares = new Spares({
      ...options.spares,
      spawn: (memoryMib) => this.#launcher.spawn(memoryMib),
      room: this.#room,
      load: () => this.#load(),
      onEnd: (sandbox) => this.#left(sandbox),
    });
    this.#sweeper = setInterval(() => this.#sweep(options.idleMs), options.idleMs / 2).unref();
  }

  get size(): number {
    return this.#room.sandboxes;
  }

  get warm(): number {
    return this.#warm.size;
  }

  /** Started and ready for anybody's code. */
  get spares(): number {
    return this.#spares.ready;
  }

  /** What the limits of all that live add up to. */
  get memoryMib(): number {
    return this.#room.memoryMib;
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
    this.#spares.wake();
    return new Promise((resolve) => {
      this.#waiters.push({ key, spec, since: performance.now(), resolve });
      this.#look.ringIn(0);
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
    this.#spares.rest();
    this.#sweep(0);
  }

  /** Ends all of them, whatever they do. */
  async close(): Promise<void> {
    this.#state = 'closed';
    clearInterval(this.#sweeper);
    this.#look.stop();
    for (const waiter of this.#waiters.splice(0)) waiter.resolve({ kind: 'closed' });
    const all = [...this.#keys.keys()];
    for (const sandbox of all) sandbox.kill();
    await Promise.all([this.#spares.close(), ...all.map((sandbox) => sandbox.ended)]);
  }

  #offer(key: string, sandbox: Sandbox): void {
    const next = this.#waiters.findIndex((waiter) => waiter.key === key);
    if (next > 0 && this.#oldestNeedsRoom()) return this.#end(sandbox);
    const [waiter] = next < 0 ? [] : this.#waiters.splice(next, 1);
    if (waiter !== undefined) return waiter.resolve({ kind: 'ready', sandbox });
    this.#warm.add(key, sandbox);
    if (this.#waiters.length > 0) this.#look.ringIn(0);
  }

  /** Without this a busy tenant's tasks would hand their sandboxes on for ever, and it would starve. */
  #oldestNeedsRoom(): boolean {
    const [oldest] = this.#waiters;
    if (oldest === undefined || this.#ending.size > 0) return false;
    if ((this.#book.find(oldest.key)?.starting ?? 0) > 0) return false;
    return this.#room.has(oldest.spec.memoryMib) === 'full';
  }

  #startForWaiters(): void {
    const wanted = new Map<string, number>();
    for (const waiter of this.#waiters) {
      const position = (wanted.get(waiter.key) ?? 0) + 1;
      wanted.set(waiter.key, position);
      const state = this.#book.find(waiter.key);
      if (position <= (state?.starting ?? 0)) continue;
      if (state !== undefined && isTooEarly(waiter, state)) this.#look.ringIn(PATIENCE_MS);
      else if (this.#startFor(waiter) === 'full') return;
    }
  }

  #startFor({ key, spec }: Waiter): 'started' | 'full' {
    const spare = this.#takeSpare(spec.memoryMib);
    if (spare === undefined) {
      if (this.#launcher.load === 'full') return 'full';
      if (this.#takeRoom(spec.memoryMib) === 'full') return 'full';
    }
    void this.#start(key, spec, spare);
    return 'started';
  }

  /** It has its memory already. Where there are too many by number, an idle one goes for it. */
  #takeSpare(memoryMib: number): Sandbox | undefined {
    const full = this.#room.hasPlace() === 'full';
    const idle = full ? this.#warm.leastRecent() : undefined;
    if (full && idle === undefined) return undefined;
    const spare = this.#spares.take(memoryMib);
    if (spare !== undefined && idle !== undefined) this.#end(idle);
    return spare;
  }

  /** Takes room for a start, if need be from an idle sandbox: that one's end tries again. */
  #takeRoom(memoryMib: number): 'taken' | 'full' {
    if (this.#room.take(memoryMib) === 'taken') return 'taken';
    if (this.#ending.size > 0) return 'full';
    const idle = this.#warm.leastRecent();
    if (idle !== undefined) this.#end(idle);
    else if (this.#room.hasPlace() === 'room') this.#endSpare();
    return 'full';
  }

  #endSpare(): void {
    const spare = this.#spares.evict();
    if (spare !== undefined) this.#ending.add(spare);
  }

  async #start(key: string, spec: SandboxSpec, spare: Sandbox | undefined): Promise<void> {
    this.#book.added(key);
    const loaded = await this.#launch(key, spec, spare);
    this.#book.started(key);
    if (loaded.kind === 'ready') this.#offer(key, loaded.sandbox);
    // A spare may have died before it had any code, which says nothing of the lambda: once more.
    else if (spare === undefined || !isEnd(loaded)) this.#refuse(key, refusalOf(loaded));
    this.#startForWaiters();
  }

  async #launch(key: string, spec: SandboxSpec, spare: Sandbox | undefined): Promise<Launched> {
    const sandbox = spare ?? this.#launcher.spawn(spec.memoryMib);
    if (sandbox === undefined) {
      this.#book.removed(key);
      this.#room.giveBack(spec.memoryMib);
      return { kind: 'unavailable', detail: 'no process could be started' };
    }
    this.#keys.set(sandbox, key);
    void sandbox.ended.then(() => this.#forget(sandbox));
    return this.#launcher.fill(sandbox, spec);
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
    this.#book.removed(this.#keys.get(sandbox) ?? '');
    this.#keys.delete(sandbox);
    this.#room.giveBack(sandbox.memoryMib);
    this.#left(sandbox);
  }

  /** There is more room now: for who waits, and else for a spare. */
  #left(sandbox: Sandbox): void {
    this.#ending.delete(sandbox);
    this.#startForWaiters();
    this.#spares.refill();
  }

  /** A spare must not come up beside what somebody waits for. */
  #load(): 'quiet' | 'busy' {
    const running = this.#keys.size - this.#warm.size;
    if (this.#waiters.length > 0 || this.#launcher.load !== 'idle') return 'busy';
    return running < this.#options.sandboxes ? 'quiet' : 'busy';
  }

  #sweep(idleMs: number): void {
    for (const sandbox of this.#warm.idleFor(idleMs)) this.#end(sandbox);
  }
}

function isTooEarly({ since }: Waiter, { readyAt }: KeyState): boolean {
  return performance.now() - Math.max(since, readyAt) < PATIENCE_MS;
}
