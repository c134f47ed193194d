import { type Expectation, MemoryStream, type OnStored, type Stored } from './memory-stream.ts';

/** A client as the server sees it; gone when its connection is. */
export interface MemoryPeer {
  readonly subscriptions: ReadonlyMap<number, string>;
  /** Sends a message of a subscription to the client. */
  push(subscription: number, subject: string, data: Uint8Array): void;
}

/** A nats-server in memory: core subjects, and streams that outlive a restart. */
export class MemoryNats {
  readonly streams = new Map<string, MemoryStream>();
  readonly peers = new Set<MemoryPeer>();
  /** Asked before each message is stored. */
  hasRoom: () => boolean = () => true;
  onStored: OnStored = () => undefined;
  readonly #now: () => number;
  #consumers = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  addStream(name: string, config: object, duplicateWindowMs: number): 'added' | 'name in use' {
    const known = this.streams.get(name);
    if (known !== undefined) {
      return JSON.stringify(known.config) === JSON.stringify(config) ? 'added' : 'name in use';
    }
    const onStored: OnStored = (...stored) => this.onStored(...stored);
    const hasRoom = () => this.hasRoom();
    const options = { config, duplicateWindowMs, now: this.#now, hasRoom, onStored };
    this.streams.set(name, new MemoryStream(options));
    return 'added';
  }

  /**
   * Whoever subscribes gets a message whether a stream stores it or not, and leaves a publisher
   * without a stream waiting for an answer.
   */
  publish(
    subject: string,
    data: Uint8Array,
    msgId: string,
    expect: Expectation,
  ): Stored | { readonly kind: 'no responders' | 'no answer' } {
    const [, partition] = subject.split('.');
    const stored = this.streams.get(`EVT_${partition}`)?.publish(subject, data, msgId, expect);
    const heard = this.publishCore(subject, data);
    return stored ?? { kind: heard === 'nobody' ? 'no responders' : 'no answer' };
  }

  addConsumer(stream: MemoryStream): string {
    this.#consumers += 1;
    const name = `consumer-${this.#consumers}`;
    stream.addConsumer(name);
    return name;
  }

  publishCore(subject: string, data: Uint8Array): 'somebody' | 'nobody' {
    let heard: 'somebody' | 'nobody' = 'nobody';
    for (const peer of this.peers) {
      for (const [id, pattern] of peer.subscriptions) {
        if (!matches(pattern, subject)) continue;
        peer.push(id, subject, data);
        heard = 'somebody';
      }
    }
    return heard;
  }

  restart(): void {
    this.peers.clear();
    for (const stream of this.streams.values()) stream.restart();
  }

  /** Its whole store is gone. */
  wipe(): void {
    this.restart();
    this.streams.clear();
  }

  deleteStream(name: string): void {
    const stream = this.streams.get(name);
    this.streams.delete(name);
    for (const consumer of stream?.consumers.keys() ?? []) stream?.removeConsumer(consumer);
  }
}

/** `*` for a token; nobody here uses `>`. */
function matches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const given = subject.split('.');
  for (const [index, token] of wanted.entries()) {
    if (token !== '*' && token !== given[index]) return false;
  }
  return wanted.length === given.length;
}
