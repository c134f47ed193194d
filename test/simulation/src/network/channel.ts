import { DomainError } from '@greencloud/domain';
import type { Life } from '../time/life.ts';
import type { World } from '../time/world.ts';
import type { Network } from './network.ts';
import type { Wire } from './wire.ts';

const reconnectMs = { first: 100, most: 2_000 };

interface Target {
  readonly name: string;
  wire: Wire | undefined;
  state: 'idle' | 'connecting' | 'ready' | 'waiting';
  failures: number;
}

export interface ChannelOptions {
  readonly world: World;
  readonly network: Network;
  readonly life: Life;
  readonly targets: readonly string[];
  readonly keepaliveMs: number;
}

/** The connections of one client to all replicas of a service, taken in turn (round robin). */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #targets: Target[];
  #turn = 0;
  #waiting: ((outcome: 'look again' | 'all refused') => void)[] = [];
  #state: 'open' | 'closed' = 'open';

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#targets = options.targets.map((name) => ({
      name,
      wire: undefined,
      state: 'idle',
      failures: 0,
    }));
    this.#turn = options.life.random.int(0, options.targets.length - 1);
  }

  /**
   * A wire to a server. Waits while one is being connected; when all refuse, rejects at once with
   * UNAVAILABLE, or waits on (`patiently`).
   */
  async wire(how: 'at once' | 'patiently', signal: AbortSignal): Promise<Wire> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#state === 'closed') throw new DomainError('CANCELLED', 'the client is closed');
      const ready = this.#next();
      if (ready !== undefined) return ready;
      for (const target of this.#targets) if (target.state === 'idle') this.#connect(target);
      const connecting = this.#targets.some(({ state }) => state === 'connecting');
      if (!connecting && how === 'at once') throw refused();
      const outcome = await this.#news(signal);
      if (outcome === 'all refused' && how === 'at once') throw refused();
    }
  }

  close(): void {
    this.#state = 'closed';
    for (const { wire } of this.#targets) wire?.cut();
  }

  #next(): Wire | undefined {
    for (let tried = 0; tried < this.#targets.length; tried++) {
      this.#turn = (this.#turn + 1) % this.#targets.length;
      const target = this.#targets[this.#turn];
      if (target?.state === 'ready' && target.wire?.isOpen === true) return target.wire;
    }
    return undefined;
  }

  #connect(target: Target): void {
    const { network, life, keepaliveMs } = this.#options;
    target.state = 'connecting';
    network.connect(life, target.name, keepaliveMs, (wire) => {
      if (wire === undefined || this.#state === 'closed') return this.#failed(target, wire);
      wire.whenCut('client', () => this.#failed(target, wire));
      // A connection counts when the other side has spoken: a frozen one accepts, and no more.
      wire.send('server', 'preface', () => {
        wire.send('client', 'settings', () => {
          target.state = 'ready';
          target.wire = wire;
          target.failures = 0;
          this.#tell('look again');
        });
      });
    });
  }

  #failed(target: Target, wire: Wire | undefined): void {
    if (target.wire !== wire && target.state === 'ready') return;
    wire?.cut();
    target.wire = undefined;
    target.state = 'waiting';
    target.failures += 1;
    if (this.#targets.every(({ state }) => state === 'waiting')) this.#tell('all refused');
    if (this.#state === 'closed') return;
    const bound = Math.min(reconnectMs.most, reconnectMs.first * 1.6 ** (target.failures - 1));
    setTimeout(
      () => {
        target.state = 'idle';
        this.#connect(target);
      },
      bound * (0.8 + 0.4 * Math.random()),
    );
  }

  #tell(outcome: 'look again' | 'all refused'): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(outcome);
  }

  #news(signal: AbortSignal): Promise<'look again' | 'all refused'> {
    return new Promise((resolve) => {
      const done = () => resolve('look again');
      signal.addEventListener('abort', done, { once: true });
      this.#waiting.push((outcome) => {
        signal.removeEventListener('abort', done);
        resolve(outcome);
      });
    });
  }
}

function refused(): DomainError {
  return new DomainError('UNAVAILABLE', 'no server answers');
}
