/** What a publisher wants to be true of the stream. */
export interface Expectation {
  readonly lastMsgID?: string;
  readonly lastSequence?: number;
}

export interface StoredMessage {
  readonly sequence: number;
  readonly subject: string;
  readonly data: Uint8Array;
  readonly msgId: string;
}

/** A message as it is stored, the one before it, and whether the server would ack an id as stored. */
export type OnStored = (
  message: StoredMessage,
  before: StoredMessage | undefined,
  remembers: (msgId: string) => boolean,
) => void;

export type Stored =
  | { readonly kind: 'stored' | 'duplicate'; readonly sequence: number }
  | { readonly kind: 'wrong last id' | 'wrong last sequence' | 'refused' };

export interface Delivery {
  readonly deliverySequence: number;
  readonly data: Uint8Array;
}

/** An ordered, ephemeral consumer. `deliver` is undefined until it is pulled. */
export interface MemoryConsumer {
  cursor: number;
  delivered: number;
  deliver: ((delivery: Delivery) => void) | undefined;
  onGone: (() => void) | undefined;
}

export interface MemoryStreamOptions {
  readonly config: object;
  readonly duplicateWindowMs: number;
  readonly now: () => number;
  /** Whether there is room on the disk. */
  readonly hasRoom: () => boolean;
  readonly onStored: OnStored;
}

/**
 * A JetStream stream of nats-server 2.9 in memory: duplicates by message id within the window,
 * looked at first; then the expected last sequence and last id.
 */
export class MemoryStream {
  readonly #options: MemoryStreamOptions;
  readonly consumers = new Map<string, MemoryConsumer>();
  messages: StoredMessage[] = [];
  lastSequence = 0;
  #lastMsgId = '';
  #ids = new Map<string, { readonly sequence: number; readonly at: number }>();

  constructor(options: MemoryStreamOptions) {
    this.#options = options;
  }

  get config(): object {
    return this.#options.config;
  }

  publish(subject: string, data: Uint8Array, msgId: string, expect: Expectation): Stored {
    const known = this.#ids.get(msgId);
    const { duplicateWindowMs, now, hasRoom } = this.#options;
    if (known !== undefined && now() - known.at < duplicateWindowMs) {
      return { kind: 'duplicate', sequence: known.sequence };
    }
    if (expect.lastSequence !== undefined && expect.lastSequence !== this.lastSequence) {
      return { kind: 'wrong last sequence' };
    }
    if (expect.lastMsgID !== undefined && expect.lastMsgID !== this.#lastMsgId) {
      return { kind: 'wrong last id' };
    }
    if (!hasRoom()) return { kind: 'refused' };
    this.lastSequence += 1;
    const sequence = this.lastSequence;
    const message = { sequence, subject, data, msgId };
    this.#options.onStored(message, this.messages.at(-1), (id) => this.#ids.has(id));
    this.messages.push(message);
    this.#lastMsgId = msgId;
    this.#ids.set(msgId, { sequence, at: now() });
    for (const consumer of this.consumers.values()) this.#feed(consumer);
    return { kind: 'stored', sequence };
  }

  message(sequence: number): StoredMessage | undefined {
    return this.messages.find((message) => message.sequence === sequence);
  }

  /** Gets what is published from now on. */
  addConsumer(name: string): void {
    const cursor = this.lastSequence;
    this.consumers.set(name, { cursor, delivered: 0, deliver: undefined, onGone: undefined });
  }

  pull(name: string, deliver: (delivery: Delivery) => void, onGone: () => void): 'ok' | 'missing' {
    const consumer = this.consumers.get(name);
    if (consumer === undefined) return 'missing';
    Object.assign(consumer, { deliver, onGone });
    this.#feed(consumer);
    return 'ok';
  }

  removeConsumer(name: string): void {
    const consumer = this.consumers.get(name);
    this.consumers.delete(name);
    consumer?.onGone?.();
  }

  /** A consumer in memory does not outlive its server; the last id is read from the last message. */
  restart(): void {
    this.consumers.clear();
    const { now, duplicateWindowMs } = this.#options;
    const last = this.messages.at(-1);
    const at = last === undefined ? undefined : this.#ids.get(last.msgId)?.at;
    const isRecent = at !== undefined && now() - at < duplicateWindowMs;
    this.#lastMsgId = last !== undefined && isRecent ? last.msgId : '';
    const kept = this.messages.map(({ msgId, sequence }) => {
      return [msgId, { sequence, at: this.#ids.get(msgId)?.at ?? 0 }] as const;
    });
    this.#ids = new Map(kept);
  }

  /** Acknowledged, and not yet on the disk when the machine lost its power. */
  loseTail(count: number): void {
    this.messages = this.messages.slice(0, Math.max(0, this.messages.length - count));
    this.lastSequence -= Math.min(count, this.lastSequence);
    this.restart();
  }

  /** Its messages are gone, its numbers and its memory of message ids are not. */
  purge(): void {
    this.messages = [];
  }

  #feed(consumer: MemoryConsumer): void {
    if (consumer.deliver === undefined) return;
    const first = this.messages[0]?.sequence ?? 0;
    for (const { sequence, data } of this.messages.slice(
      Math.max(0, consumer.cursor - first + 1),
    )) {
      if (sequence <= consumer.cursor) continue;
      consumer.cursor = sequence;
      consumer.delivered += 1;
      consumer.deliver({ deliverySequence: consumer.delivered, data });
    }
  }
}
