import { DomainError } from '@greencloud/domain';
import type { ClientConstructor, GrpcClient, GrpcClientOptions } from '@greencloud/grpc';
import { sleep } from '@greencloud/runtime';
import type { ServiceDefinition } from '@grpc/grpc-js';
import type { Life } from '../time/life.ts';
import { type AnyMethod, type Call, reasonOf } from './call.ts';
import { Channel, type ChannelOptions } from './channel.ts';
import type { SimulatedServer } from './server.ts';
import { type ClientStream, openDuplexStream, openServerStream } from './streams.ts';
import { askOnce } from './unary.ts';
import type { Wire } from './wire.ts';

export interface SimulatedClientOptions<D> extends ChannelOptions, GrpcClientOptions<D> {
  readonly servers: ReadonlyMap<Life, SimulatedServer>;
}

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly deadline?: number;
  readonly deadlineMs?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

// The retry policy of libs/grpc.
const maxAttempts = 5;

/** A client of libs/grpc, over the simulated network. Messages are encoded and decoded for real. */
export function createSimulatedClient<D extends ServiceDefinition>(
  { service }: Pick<ClientConstructor<D>, 'service'>,
  options: SimulatedClientOptions<D>,
): GrpcClient<D> {
  const client = new SimulatedClient(service, options as SimulatedClientOptions<unknown>);
  return client as unknown as GrpcClient<D>;
}

class SimulatedClient {
  readonly #definition: ServiceDefinition;
  readonly #options: SimulatedClientOptions<unknown>;
  readonly #channel: Channel;
  readonly #idempotent: ReadonlySet<string>;

  constructor(definition: ServiceDefinition, options: SimulatedClientOptions<unknown>) {
    this.#definition = definition;
    this.#options = options;
    this.#channel = new Channel(options);
    this.#idempotent = new Set<string>(options.idempotent);
  }

  async unary(name: string, request: unknown, options: CallOptions = {}): Promise<unknown> {
    const method = this.#method(name);
    const bytes = method.requestSerialize(request);
    const leftMs = this.#leftMs(options);
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(late()), Math.max(0, leftMs));
    const onAbort = () => limit.abort(options.signal?.reason);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted === true) onAbort();
    try {
      return await this.#retry(name, method, bytes, limit.signal, leftMs);
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    }
  }

  async #retry(
    name: string,
    method: AnyMethod,
    bytes: Buffer,
    signal: AbortSignal,
    leftMs: number,
  ): Promise<unknown> {
    const how = this.#idempotent.has(name) ? 'patiently' : 'at once';
    const until = performance.now() + leftMs;
    for (let attempt = 1; ; attempt++) {
      try {
        const wire = await this.#wire(how, signal);
        return await askOnce(this.#call(wire, method, until - performance.now()), bytes, signal);
      } catch (error) {
        if (signal.aborted) throw reasonOf(signal);
        const isPassing = error instanceof DomainError && error.code === 'UNAVAILABLE';
        if (how === 'at once' || !isPassing || attempt === maxAttempts) throw error;
        await sleep(Math.min(1_000, 100 * 2 ** (attempt - 1)) * Math.random(), signal);
      }
    }
  }

  async *serverStream(name: string, request: unknown, options: CallOptions = {}): AsyncGenerator {
    const method = this.#method(name);
    const signal = options.signal ?? new AbortController().signal;
    const wire = await this.#wire('at once', signal);
    const call = this.#call(wire, method, Number.POSITIVE_INFINITY);
    const stream = openServerStream(call, method.requestSerialize(request));
    const onAbort = () => stream.cancel(reasonOf(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      yield* stream.responses;
    } finally {
      signal.removeEventListener('abort', onAbort);
      stream.cancel();
    }
  }

  duplex(name: string, options: CallOptions = {}) {
    const method = this.#method(name);
    const opening = new AbortController();
    const early: ((stream: ClientStream) => void)[] = [];
    let stream: ClientStream | undefined;
    let state: 'open' | 'ended' = 'open';
    const opened = this.#wire('at once', opening.signal).then((wire) => {
      const call = this.#call(wire, method, Number.POSITIVE_INFINITY, options.metadata);
      const fresh = openDuplexStream(call);
      for (const act of early) act(fresh);
      return (stream = fresh);
    });
    opened.catch(() => (state = 'ended'));
    const act = (what: (stream: ClientStream) => void) => {
      if (stream === undefined) early.push(what);
      else what(stream);
    };
    return {
      responses: responsesOf(opened),
      send: (message: unknown): Promise<void> => {
        if (state === 'ended' || stream?.isOpen === false) return Promise.reject(ended());
        act((open) => open.send(message));
        return Promise.resolve();
      },
      end: () => act((open) => open.endRequests()),
      cancel: () => {
        state = 'ended';
        opening.abort();
        stream?.cancel();
      },
    };
  }

  async ready(): Promise<void> {
    await this.#channel.wire('patiently', new AbortController().signal);
  }

  close(): void {
    this.#channel.close();
  }

  async #wire(how: 'at once' | 'patiently', signal: AbortSignal): Promise<Wire> {
    try {
      return await this.#channel.wire(how, signal);
    } catch (error) {
      throw signal.aborted ? reasonOf(signal) : error;
    }
  }

  #method(name: string): AnyMethod {
    const method = this.#definition[name];
    if (method === undefined) throw new Error(`no method ${name}`);
    return method as AnyMethod;
  }

  #call(
    wire: Wire,
    method: AnyMethod,
    leftMs: number,
    metadata: Readonly<Record<string, string>> = {},
  ): Call {
    const server = this.#options.servers.get(wire.server);
    if (server === undefined) throw new Error(`${wire.server.name} serves no gRPC`);
    return { wire, server, method, leftMs, metadata: { ...this.#options.metadata, ...metadata } };
  }

  #leftMs({ deadline = Infinity, deadlineMs = this.#options.deadlineMs ?? 10_000 }: CallOptions) {
    return Math.min(deadline - Date.now(), deadlineMs);
  }
}

async function* responsesOf(opened: Promise<ClientStream>): AsyncGenerator {
  const stream = await opened;
  try {
    yield* stream.responses;
  } finally {
    stream.cancel();
  }
}

function late(): DomainError {
  return new DomainError('DEADLINE_EXCEEDED', 'the deadline has passed');
}

function ended(): DomainError {
  return new DomainError('UNAVAILABLE', 'the stream has ended');
}
