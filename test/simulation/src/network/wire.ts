import type { Life } from '../time/life.ts';
import type { World } from '../time/world.ts';
import type { Link } from './link.ts';

export type Side = 'client' | 'server';

/** One direction: first in, first out, as TCP promises. */
interface Way {
  readonly to: Life;
  lastAt: number;
}

export interface WireOptions {
  readonly world: World;
  readonly link: Link;
  readonly client: Life;
  readonly server: Life;
  /** A side that hears nothing for so long gives the wire up; undefined: never. */
  readonly keepaliveMs: number | undefined;
}

/**
 * A TCP connection between two processes. What is sent arrives once, in order and after a while,
 * or not at all when the wire is cut before; nobody learns which.
 */
export class Wire {
  readonly client: Life;
  readonly server: Life;
  readonly #options: WireOptions;
  readonly #ways: Readonly<Record<Side, Way>>;
  readonly #onCut: Record<Side, Set<() => void>> = { client: new Set(), server: new Set() };
  #state: 'open' | 'cut' = 'open';
  readonly #forget: (() => void)[];

  constructor(options: WireOptions) {
    const { client, server, link } = options;
    this.client = client;
    this.server = server;
    this.#options = options;
    this.#ways = { client: { to: client, lastAt: 0 }, server: { to: server, lastAt: 0 } };
    link.wires.add(this);
    const die = () => this.cut();
    this.#forget = [client.whenDead(die), server.whenDead(die)];
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** `act` happens at the other side when the message arrives there. */
  send(to: Side, what: string, act: () => void): void {
    if (this.#state === 'cut') return;
    const { world, link } = this.#options;
    const way = this.#ways[to];
    const at = Math.max(world.now + link.latency(world.random), way.lastAt);
    way.lastAt = at;
    world.plan(way.to, at - world.now, what, () => this.#arrive(to, what, act));
  }

  /** Called in its process when that side learns of the cut; the returned function forgets it. */
  whenCut(side: Side, listener: () => void): () => void {
    if (this.#state === 'cut') listener();
    else this.#onCut[side].add(listener);
    return () => void this.#onCut[side].delete(listener);
  }

  /** Both sides learn of it after a moment; what was on its way is lost. */
  cut(): void {
    if (this.#state === 'cut') return;
    this.#state = 'cut';
    const { world, link } = this.#options;
    link.wires.delete(this);
    for (const forget of this.#forget) forget();
    for (const side of ['client', 'server'] as const) {
      const listeners = this.#onCut[side];
      world.plan(this.#ways[side].to, link.latency(world.random), 'cut', () => {
        for (const listener of listeners) listener();
      });
    }
  }

  /** Silence that both sides notice by their pings. */
  silent(ms: number): void {
    const { world, keepaliveMs } = this.#options;
    if (keepaliveMs === undefined || ms < keepaliveMs) return;
    world.plan(world.keeper, keepaliveMs, 'keepalive', () => this.cut());
  }

  #arrive(to: Side, what: string, act: () => void): void {
    if (this.#state === 'cut') return;
    const { world, link } = this.#options;
    const way = this.#ways[to];
    const heldMs = link.heldFor(way.to.name, world.now);
    if (heldMs <= 0) return act();
    world.plan(way.to, heldMs, what, () => this.#arrive(to, what, act));
    way.lastAt = Math.max(way.lastAt, world.now + heldMs);
  }
}
