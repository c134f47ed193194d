import type { Bus } from '@greencloud/bus';
import { createMemoryBus, type MemoryPeer, type NatsLine } from '@greencloud/bus/testing';
import { sleep } from '@greencloud/runtime';
import type { Network } from '../network/network.ts';
import type { Wire } from '../network/wire.ts';
import type { Life } from '../time/life.ts';
import { type NatsServer, natsName } from './nats-server.ts';

type Status = ReturnType<NatsLine['status']>;

export interface LineOptions {
  readonly network: Network;
  readonly server: NatsServer;
  readonly life: Life;
}

// The client's own: two pings of 5 s without an answer.
const keepaliveMs = 10_000;
const reconnectMs = 250;

/** Resolves when the server has answered once; reconnects for ever after that. */
export async function connectSimulatedBus(options: LineOptions, signal: AbortSignal): Promise<Bus> {
  const line = new ReconnectingLine(options);
  const { bus, peer } = createMemoryBus(options.server.nats, line);
  while (!(await line.connect(peer))) await sleep(reconnectMs * Math.random() * 2, signal);
  signal.throwIfAborted();
  return bus;
}

class ReconnectingLine implements NatsLine {
  readonly #options: LineOptions;
  readonly #listeners = new Set<(status: Status) => void>();
  #wire: Wire | undefined;
  #state: 'open' | 'closed' = 'open';

  constructor(options: LineOptions) {
    this.#options = options;
  }

  status(): Status {
    return this.#wire === undefined ? 'disconnected' : 'connected';
  }

  onStatus(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  connect(peer: MemoryPeer): Promise<boolean> {
    const { network, life, server } = this.#options;
    return new Promise((resolve) => {
      network.connect(life, natsName, keepaliveMs, (wire) => {
        if (wire === undefined || this.#state === 'closed') {
          wire?.cut();
          return resolve(false);
        }
        const forget = wire.whenCut('client', () => resolve(false));
        wire.send('server', 'CONNECT', () => {
          server.nats.peers.add(peer);
          wire.whenCut('server', () => server.nats.peers.delete(peer));
          wire.send('client', 'INFO', () => {
            forget();
            this.#connected(wire, peer);
            resolve(true);
          });
        });
      });
    });
  }

  request<T>(what: string, act: () => T): Promise<T> {
    const wire = this.#wire;
    return new Promise((resolve) => {
      wire?.send('server', what, () => {
        const answer = act();
        wire.send('client', `${what} answer`, () => resolve(answer));
      });
    });
  }

  push(what: string, act: () => void): void {
    this.#wire?.send('client', what, act);
  }

  after(ms: number, act: () => void): () => void {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  }

  close(): void {
    this.#state = 'closed';
    this.#wire?.cut();
  }

  #connected(wire: Wire, peer: MemoryPeer): void {
    this.#wire = wire;
    this.#say('connected');
    wire.whenCut('client', () => {
      this.#wire = undefined;
      this.#say('disconnected');
      if (this.#state === 'open') void this.#reconnect(peer);
    });
  }

  async #reconnect(peer: MemoryPeer): Promise<void> {
    do await sleep(reconnectMs * (1 + Math.random()));
    while (this.#state === 'open' && !(await this.connect(peer)));
  }

  #say(status: Status): void {
    for (const listener of this.#listeners) listener(status);
  }
}
