import type { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import type { NodeKind } from '../placement/node-kind.ts';
import type { SharedQueue } from '../queue/shared-queue.ts';
import type { World } from '../world.ts';
import type { Binder } from './binder.ts';
import { Matcher } from './matcher.ts';

// A run of 500 placements takes some 5 ms: streams and heartbeats must get their turn.
const mostAtOnce = 500;
// Enough for four full batches in flight and as many gathered behind them.
const mostInFlight = 2_048;

export interface DispatcherOptions {
  readonly world: World;
  readonly queue: SharedQueue;
  readonly fleet: Fleet;
  readonly binder: Binder;
}

/**
 * Runs the matcher as soon as a slot or a task has come, never by a timer: what comes in one
 * moment is matched together.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #matcher: Matcher<FleetNode>;
  #state: 'idle' | 'due' | 'running' | 'full' | 'stopped' = 'idle';

  constructor(options: DispatcherOptions) {
    this.#options = options;
    const { queue, fleet, binder } = options;
    this.#matcher = new Matcher({
      queue,
      nodes: fleet,
      place: (task, node) => binder.place(task, node),
    });
    fleet.whenFree((kind) => this.consider(kind));
  }

  consider(kind: NodeKind): void {
    this.#matcher.consider(kind);
    if (this.#state === 'idle') this.#schedule();
  }

  /** A binding was settled: there may be room for more. */
  settled(): void {
    if (this.#state === 'full') this.#schedule();
  }

  stop(): void {
    this.#state = 'stopped';
  }

  #schedule(): void {
    this.#state = 'due';
    this.#options.world.soon(() => this.#run());
  }

  #run(): void {
    if (this.#state === 'stopped') return;
    this.#state = 'running';
    const room = Math.min(mostAtOnce, mostInFlight - this.#options.binder.inFlight);
    const outcome = room > 0 ? this.#matcher.run(room) : 'more';
    this.#state = 'idle';
    if (outcome === 'done') return;
    if (this.#options.binder.inFlight >= mostInFlight) this.#state = 'full';
    else this.#schedule();
  }
}
