import {
  ErrorCode,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  type NatsConnection,
} from 'nats';
import { type Bus, busOver } from '../bus.ts';
import type { BusStatus } from '../messages.ts';
import { defaultStreamLimits } from '../stream.ts';
import { consume } from './memory-consumer.ts';
import type { MemoryNats, MemoryPeer } from './memory-nats.ts';
import type { Expectation, MemoryStream } from './memory-stream.ts';
import { type NatsLine, requestOver } from './nats-line.ts';
import { apiError, natsError, publishRefusal } from './nats-refusals.ts';

/** The real bus over a server in memory. Attach `peer` while the line is connected. */
export function createMemoryBus(
  nats: MemoryNats,
  line: NatsLine,
): { readonly bus: Bus; readonly peer: MemoryPeer } {
  const client = new MemoryClient(nats, line);
  const connection = {
    nats: client.connection(),
    status: () => line.status(),
    onStatus: (listener: (status: BusStatus) => void) => line.onStatus(listener),
  };
  const jetStream = { jsm: client.jsm(), js: client.js() };
  return { bus: busOver(connection, jetStream, defaultStreamLimits), peer: client.peer };
}

type Callback = (error: null, message: { subject: string; data: Uint8Array }) => void;

class MemoryClient {
  readonly #nats: MemoryNats;
  readonly #line: NatsLine;
  readonly #callbacks = new Map<number, Callback>();
  readonly #patterns = new Map<number, string>();
  #subscriptions = 0;
  #state: 'open' | 'closed' = 'open';
  readonly peer: MemoryPeer;

  constructor(nats: MemoryNats, line: NatsLine) {
    this.#nats = nats;
    this.#line = line;
    this.peer = {
      subscriptions: this.#patterns,
      push: (id, subject, data) =>
        line.push('message', () => this.#callbacks.get(id)?.(null, { subject, data })),
    };
  }

  connection(): NatsConnection {
    const close = async () => {
      this.#state = 'closed';
      this.#line.close();
    };
    const connection = {
      info: { max_payload: 1024 * 1024 },
      isClosed: () => this.#state === 'closed',
      isDraining: () => false,
      drain: close,
      close,
      flush: () => this.#request('flush', () => undefined),
      publish: (subject: string, data: Uint8Array = new Uint8Array()) =>
        void this.#line.request('publish', () => this.#nats.publishCore(subject, data)),
      subscribe: (subject: string, { callback }: { callback: Callback }) => {
        this.#subscriptions += 1;
        const id = this.#subscriptions;
        this.#callbacks.set(id, callback);
        void this.#line.request('subscribe', () => void this.#patterns.set(id, subject));
        // A client that comes back subscribes again before anything else.
        const unwatch = this.#line.onStatus(() => void this.#patterns.set(id, subject));
        return {
          unsubscribe: () => {
            unwatch();
            this.#callbacks.delete(id);
            this.#patterns.delete(id);
          },
        };
      },
    };
    return connection as unknown as NatsConnection;
  }

  js(): JetStreamClient {
    const js = {
      publish: async (
        subject: string,
        data: Uint8Array,
        { msgID, expect = {}, timeout }: { msgID: string; expect?: Expectation; timeout: number },
      ) => {
        const act = () => this.#nats.publish(subject, data, msgID, expect);
        const stored = await requestOver(this.#line, 'js publish', act, timeout);
        if (stored.kind === 'no responders') {
          throw natsError(stored.kind, ErrorCode.NoResponders);
        }
        if (stored.kind === 'no answer') {
          await new Promise<void>((resolve) => this.#line.after(timeout, resolve));
          throw natsError('timeout', ErrorCode.Timeout);
        }
        if (!('sequence' in stored)) throw publishRefusal(stored.kind);
        return { seq: stored.sequence, duplicate: stored.kind === 'duplicate' };
      },
      consumers: { get: async (stream: string, name: string) => this.#consumer(stream, name) },
    };
    return js as unknown as JetStreamClient;
  }

  jsm(): JetStreamManager {
    const jsm = {
      streams: {
        info: (name: string) => this.#stream(name, infoOf),
        getMessage: async (name: string, { seq }: { seq: number }) => {
          const found = await this.#stream(name, (stream) => stream.message(seq));
          if (found === undefined) throw apiError(10_037, 'no message found');
          return { header: { get: () => found.msgId }, data: found.data };
        },
        add: async ({ name, ...config }: { name: string }) => {
          const windowMs = defaultStreamLimits.duplicateWindowMs;
          const added = await this.#request('stream add', () =>
            this.#nats.addStream(name, config, windowMs),
          );
          if (added === 'name in use') throw apiError(10_058, added);
          return { config };
        },
        update: async (_: string, config: object) => ({ config }),
        delete: (name: string) => this.#stream(name, () => this.#nats.deleteStream(name)),
      },
      consumers: {
        add: async (name: string) => {
          const consumer = await this.#stream(name, (stream) => this.#nats.addConsumer(stream));
          return { name: consumer };
        },
      },
    };
    return jsm as unknown as JetStreamManager;
  }

  #consumer(stream: string, name: string) {
    return {
      consume: async ({ callback }: { callback: (message: JsMsg) => void }) =>
        consume({ nats: this.#nats, line: this.#line, stream, name }, callback),
      delete: () =>
        this.#request('consumer delete', () =>
          this.#nats.streams.get(stream)?.removeConsumer(name),
        ),
    };
  }

  async #stream<T>(name: string, act: (stream: MemoryStream) => T): Promise<T> {
    const found = await this.#request('stream', () => {
      const stream = this.#nats.streams.get(name);
      return stream === undefined ? undefined : { value: act(stream) };
    });
    if (found === undefined) throw apiError(10_059, 'stream not found');
    return found.value;
  }

  #request<T>(what: string, act: () => T): Promise<T> {
    return requestOver(this.#line, what, act);
  }
}

function infoOf({ messages, lastSequence, config }: MemoryStream) {
  return { config, state: { messages: messages.length, last_seq: lastSequence } };
}
