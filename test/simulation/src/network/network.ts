import type { Life } from '../time/life.ts';
import type { World } from '../time/world.ts';
import { Link } from './link.ts';
import { Wire } from './wire.ts';

/** Who may be connected to: a name with the life that listens there now. */
export interface Listener {
  readonly life: Life;
  state: 'listening' | 'draining';
}

/** Links between hosts, and the wires that lie on them. */
export class Network {
  readonly #world: World;
  readonly #links = new Map<string, Link>();
  readonly #listeners = new Map<string, Listener>();

  constructor(world: World) {
    this.#world = world;
  }

  link(one: string, other: string): Link {
    const key = one < other ? `${one} ${other}` : `${other} ${one}`;
    let link = this.#links.get(key);
    if (link === undefined) this.#links.set(key, (link = new Link(() => this.#world.now)));
    return link;
  }

  listen(life: Life): Listener {
    const listener: Listener = { life, state: 'listening' };
    this.#listeners.set(life.name, listener);
    return listener;
  }

  /**
   * Called back in the client's process: with a wire, or with undefined when nobody listens. A
   * frozen server's kernel answers for it.
   */
  connect(
    client: Life,
    serverName: string,
    keepaliveMs: number | undefined,
    done: (wire: Wire | undefined) => void,
  ): void {
    const world = this.#world;
    const link = this.link(client.name, serverName);
    const delay = link.latency(world.random) + Math.max(0, link.heldFor(client.name, world.now));
    world.plan(client, delay, `connect ${serverName}`, () => {
      const listener = this.#listeners.get(serverName);
      const isRefused =
        listener === undefined ||
        listener.state === 'draining' ||
        listener.life.state === 'dead' ||
        world.now < link.refusedUntil;
      if (isRefused) return done(undefined);
      done(new Wire({ world, link, client, server: listener.life, keepaliveMs }));
    });
  }

  /** Both hosts see their connections reset, and new ones refused for a while. */
  cut(one: string, other: string, ms: number): void {
    const link = this.link(one, other);
    link.refusedUntil = Math.max(link.refusedUntil, this.#world.now + ms);
    for (const wire of link.wires) wire.cut();
  }

  /** Nothing arrives in one or both directions for a while, and nobody is told. */
  hold(one: string, other: string, ms: number, way: 'both' | 'to one' | 'to other'): void {
    const link = this.link(one, other);
    if (way !== 'to other') link.hold(one, this.#world.now + ms);
    if (way !== 'to one') link.hold(other, this.#world.now + ms);
    for (const wire of link.wires) wire.silent(ms);
  }

  slow(one: string, other: string, ms: number, extraMs: number): void {
    this.link(one, other).slow(this.#world.now + ms, extraMs);
  }

  /** A frozen process answers no pings. */
  silence(name: string, ms: number): void {
    for (const [key, link] of this.#links) {
      if (!key.split(' ').includes(name)) continue;
      for (const wire of link.wires) wire.silent(ms);
    }
  }

  heal(): void {
    for (const link of this.#links.values()) link.heal();
  }
}
