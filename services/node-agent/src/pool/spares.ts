import type { Sandbox } from '../sandbox/sandbox.ts';
import type { SpareLimits } from './pool-options.ts';
import type { Room } from './room.ts';

export interface SparesOptions extends SpareLimits {
  /** Undefined without file descriptors or processes for it. */
  readonly spawn: (memoryMib: number) => Sandbox | undefined;
  readonly room: Room;
  /** `busy`: whatever is started now would take CPU from a task that somebody waits for. */
  readonly load: () => 'quiet' | 'busy';
  /** One of them has gone, and its memory with it. */
  readonly onEnd: (sandbox: Sandbox) => void;
}

const LOOK_AGAIN_MS = 100;
const MAX_BACKOFF_MS = 60_000;

/**
 * Sandboxes that have been started and know no tenant and no code: who takes one has only its code
 * to load. They come up one after the other, when the node has nothing better to do, and never in
 * the place of anything else.
 */
export class Spares {
  readonly #options: SparesOptions;
  readonly #spares = new Set<Sandbox>();
  /** Ended by us, and not gone yet. */
  readonly #leaving = new Set<Sandbox>();
  #starting: Sandbox | undefined;
  #deaths = 0;
  #timer: NodeJS.Timeout | undefined;
  #state: 'open' | 'resting' | 'closed' = 'open';

  constructor(options: SparesOptions) {
    this.#options = options;
    this.refill();
  }

  /** Those that come up are counted too. */
  get size(): number {
    return this.#spares.size;
  }

  get ready(): number {
    return [...this.#spares].filter(({ state }) => state === 'blank').length;
  }

  /** One with exactly this much memory, which belongs to the caller from now on. */
  take(memoryMib: number): Sandbox | undefined {
    if (memoryMib !== this.#options.memoryMib) return undefined;
    // One that still comes up is nearer than one that begins now.
    const alive = [...this.#spares].filter((spare) => spare.state !== 'ended');
    const spare = alive.find(({ state }) => state === 'blank') ?? alive[0];
    if (spare === undefined) return undefined;
    this.#spares.delete(spare);
    this.#options.room.bindSpare();
    this.#deaths = 0;
    this.refill();
    return spare;
  }

  /** Looks whether one is missing, and starts it as soon as there are time and room. */
  refill(): void {
    this.#refillIn(LOOK_AGAIN_MS);
  }

  /** To make room for a task; undefined when there is none. Its end is told by `onEnd`. */
  evict(): Sandbox | undefined {
    const [spare] = this.#spares;
    if (spare === undefined) return undefined;
    this.#spares.delete(spare);
    this.#leaving.add(spare);
    spare.kill();
    return spare;
  }

  /** Ends all, until somebody asks for a sandbox again. */
  rest(): void {
    if (this.#state === 'open') this.#state = 'resting';
    while (this.evict() !== undefined);
  }

  wake(): void {
    if (this.#state !== 'resting') return;
    this.#state = 'open';
    this.refill();
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    while (this.evict() !== undefined);
    await Promise.all([...this.#leaving].map((spare) => spare.ended));
  }

  #refillIn(ms: number): void {
    if (this.#timer !== undefined || this.#state !== 'open') return;
    if (this.size >= this.#options.count) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#startOne();
    }, ms).unref();
  }

  #startOne(): void {
    const { count, room, memoryMib, load } = this.#options;
    if (this.#state !== 'open' || this.size >= count || this.#starting !== undefined) return;
    if (load() === 'busy') return this.refill();
    // Whoever leaves says so, and it is looked at again then.
    if (room.take(memoryMib, 'spare') === 'full') return;
    this.#launch();
  }

  #launch(): void {
    const { spawn, memoryMib, room } = this.#options;
    const spare = spawn(memoryMib);
    if (spare === undefined) {
      room.giveBack(memoryMib, 'spare');
      return this.#backOff();
    }
    this.#spares.add(spare);
    this.#starting = spare;
    void spare.ended.then(() => this.#forget(spare));
    void spare.started.then(() => {
      this.#starting = undefined;
      this.refill();
    });
  }

  #forget(spare: Sandbox): void {
    const died = this.#spares.delete(spare);
    // Neither: it was taken, and is its taker's.
    if (!this.#leaving.delete(spare) && !died) return;
    this.#options.room.giveBack(this.#options.memoryMib, 'spare');
    if (died) this.#backOff();
    this.#options.onEnd(spare);
  }

  #backOff(): void {
    const { backoffMs } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#refillIn(Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** Math.min(this.#deaths, 30)));
    this.#deaths += 1;
  }
}
