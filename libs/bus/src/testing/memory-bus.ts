import type {
  ConsumerMessages,
  JetStreamClient,
  JetStreamManager,
  JsMsg,
  NatsConnection,
} from 'nats';
import { ConsumerEvents, ErrorCode, NatsError } from 'nats';
import { type Bus, busOver } from '../bus.ts';
import type { BusStatus } from '../messages.ts';
import { defaultStreamLimits } from '../stream.ts';
import type { MemoryNats, MemoryPeer } from './memory-nats.ts';
import type { Expectation, MemoryStream } from './memory-stream.ts';

/** The connection between a client and the server; a simulation makes it slow, cut or silent. */
export interface NatsLine {
  status(): BusStatus;
  onStatus(listener: (status: BusStatus) => void): () => void;
  /** Does it at the server, and answers what came of it; never settles when either way is lost. */
  request<T>(what: string, act: () => T): Promise<T>;
  /** From the server to the client. */
  push(what: string, act: () => void): void;
  after(ms: number, act: () => void): () => void;
  close(): void;
}

const requestTimeoutMs = 5_000;
const heartbeatMs = 2_500;
// The numbers of nats-server 2.9; 10,077 is a full store.
const refusals = { 'wrong last sequence': 10_071, 'wrong last id': 10_070, refused: 10_077 };

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
        if (this.#line.status() === 'disconnected') this.#patterns.set(id, subject);
        return { unsubscribe: () => this.#unsubscribe(id) };
      },
    };
    return connection as unknown as NatsConnection;
  }

  js(): JetStreamClient {
    const js = {
      publish: async (
        subject: string,
        data: Uint8Array,
        options: { msgID: string; expect?: Expectation },
      ) => {
        const { msgID, expect = {} } = options;
        const stored = await this.#request('js publish', () => {
          const outcome = this.#nats.streamOf(subject)?.publish(subject, data, msgID, expect);
          if (outcome?.kind === 'stored') this.#nats.publishCore(subject, data);
          return outcome;
        });
        if (stored === undefined) throw natsError('no responders', ErrorCode.NoResponders);
        if (!('sequence' in stored)) throw apiError(refusals[stored.kind], stored.kind);
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
        this.#consume(stream, name, callback),
      delete: () =>
        this.#request('consumer delete', () =>
          this.#nats.streams.get(stream)?.removeConsumer(name),
        ),
    };
  }

  #consume(stream: string, name: string, callback: (m: JsMsg) => void): ConsumerMessages {
    const events = createEvents();
    const closed = Promise.withResolvers<void>();
    let state: 'open' | 'closed' = 'open';
    const pull = async () => {
      const outcome = await this.#request('pull', () =>
        this.#nats.streams.get(stream)?.pull(
          name,
          ({ deliverySequence, data }) =>
            this.#line.push('delivery', () => {
              const message = { data, info: { deliverySequence } };
              if (state === 'open') callback(message as unknown as JsMsg);
            }),
          () => this.#line.push('consumer gone', () => events.say(ConsumerEvents.ConsumerDeleted)),
        ),
      );
      if (outcome !== 'ok') events.say(ConsumerEvents.ConsumerNotFound);
    };
    const cancel = this.#listenToHeart(stream, name, events.say);
    pull().catch(() => events.say(ConsumerEvents.HeartbeatsMissed));
    const messages = {
      closed: () => closed.promise,
      status: async () => events.all,
      close: async () => {
        state = 'closed';
        cancel();
        closed.resolve();
      },
    };
    return messages as unknown as ConsumerMessages;
  }

  /** Silence is noticed after two heartbeats that did not come. */
  #listenToHeart(stream: string, name: string, say: (type: string) => void): () => void {
    let cancel = () => {};
    const beat = () => {
      let heard: 'no' | 'yes' = 'no';
      void this.#line
        .request('heartbeat', () => this.#nats.streams.get(stream)?.consumers.has(name) ?? false)
        .then((isThere) => {
          heard = 'yes';
          if (!isThere) say(ConsumerEvents.ConsumerNotFound);
        });
      cancel = this.#line.after(2 * heartbeatMs, () => {
        if (heard === 'no') say(ConsumerEvents.HeartbeatsMissed);
        beat();
      });
    };
    beat();
    return () => cancel();
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
    return new Promise((resolve, reject) => {
      const cancel = this.#line.after(requestTimeoutMs, () => {
        reject(natsError('timeout', ErrorCode.Timeout));
      });
      void this.#line.request(what, act).then((answer) => {
        cancel();
        resolve(answer);
      });
    });
  }

  #unsubscribe(id: number): void {
    this.#callbacks.delete(id);
    this.#patterns.delete(id);
  }
}

function createEvents() {
  const waiting: string[] = [];
  let wake: (() => void) | undefined;
  async function* read(): AsyncGenerator<{ type: string }> {
    for (;;) {
      const type = waiting.shift();
      if (type === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else yield { type };
    }
  }
  return {
    all: read(),
    say: (type: string) => {
      waiting.push(type);
      wake?.();
    },
  };
}

function infoOf({ messages, lastSequence, config }: MemoryStream) {
  return { config, state: { messages: messages.length, last_seq: lastSequence } };
}

function natsError(message: string, code: string): NatsError {
  return new NatsError(message, code);
}

function apiError(code: number, description: string): NatsError {
  const error = new NatsError(description, ErrorCode.JetStreamInvalidAck);
  error.api_error = { code: 400, err_code: code, description };
  return error;
}
