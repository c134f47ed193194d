import type { Fleet } from '../fleet/fleet.ts';
import type { FleetNode } from '../fleet/fleet-node.ts';
import type { NodeKind } from '../placement/node-kind.ts';
import type { SharedQueue } from '../queue/shared-queue.ts';
import { Slices } from '../slices.ts';
import type { World } from '../world.ts';
import type { Binder } from './binder.ts';
import { Matcher } from './matcher.ts';
import type { Reservations } from './reservations.ts';

// Streams and heartbeats must get their turn, and the answers of the log theirs.
const sliceMs = 3;
// Two full calls in flight and as many gathered behind them. What is in flight is what a young
// generation has to copy: 2,048 were placed no faster.
const mostInFlight = 800;

export interface DispatcherOptions {
  readonly world: World;
  readonly queue: SharedQueue;
  readonly fleet: Fleet;
  readonly binder: Binder;
  readonly reservations: Reservations;
}

/**
 * Runs the matcher as soon as a slot or a task has come, never by a timer: what comes in one
 * moment is matched together.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #matcher: Matcher<FleetNode>;
  readonly #slices: Slices;
  #state: 'idle' | 'due' | 'running' | 'full' | 'stopped' = 'idle';

  constructor(options: DispatcherOptions) {
    this.#options = options;
    const { world, queue, fleet, binder, reservations } = options;
    this.#slices = new Slices(world, sliceMs);
    this.#matcher = new Matcher({
      queue,
      nodes: fleet,
      reservations,
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
    this.#options.reservations.settle();
    const room = mostInFlight - this.#options.binder.inFlight;
    const outcome = room > 0 ? this.#matcher.run(room, this.#slices) : 'more';
    this.#state = 'idle';
    if (outcome === 'done') return;
    if (this.#options.binder.inFlight >= mostInFlight) this.#state = 'full';
    else this.#schedule();
  }
}
