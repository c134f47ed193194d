import {
  type ChannelOptions,
  type Client,
  type ChannelCredentials,
  credentials,
  Metadata,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import type { ClientTls } from '../tls/tls.ts';
import type {
  DuplexNames,
  RequestOf,
  ResponseOf,
  ServerStreamNames,
  UnaryNames,
} from '../service/method-types.ts';
import { callOverStream } from './call-stream/call-over-stream.ts';
import { CallStreams } from './call-stream/call-streams.ts';
import { clientOptions } from './client-options.ts';
import { type Duplex, openDuplex } from './duplex.ts';
import { readServerStream } from './server-stream.ts';
import { hostsOf, targetOf } from './target.ts';
import { callUnary } from './unary-call.ts';
import { waitForReady } from './wait-for-ready.ts';

/** A client class as ts-proto generates it. */
export interface ClientConstructor<D extends ServiceDefinition> {
  new (address: string, credentials: ChannelCredentials, options?: ChannelOptions): Client;
  readonly service: D;
  readonly serviceName: string;
}

export interface GrpcClientOptions<D> {
  /** `tls.to(<role of the server>)`. Default: plaintext. */
  tls?: ClientTls | undefined;
  /** For each unary call that names no other. Default 10,000. */
  deadlineMs?: number;
  /** Sent with every call. */
  metadata?: Readonly<Record<string, string>>;
  /** Of one message, either way. Default 4 MiB. */
  maxMessageBytes?: number;
  /** Safe to repeat: retried on UNAVAILABLE, and they wait for a server that is away. */
  idempotent?: readonly UnaryNames<D>[];
  /** How idempotent calls go; `over streams` is for whoever makes many. Default: `by themselves`. */
  calls?: 'over streams' | 'by themselves';
}

/** The call that a handler serves fits here: its cancel and deadline are then passed on. */
export interface CallOptions {
  signal?: AbortSignal;
  /** Unix milliseconds; the earlier of this and `deadlineMs` counts. */
  deadline?: number;
  deadlineMs?: number;
}

export interface DuplexOptions extends CallOptions {
  metadata?: Readonly<Record<string, string>>;
}

/** Errors of all calls are DomainErrors with the code that the server threw. */
export interface GrpcClient<D extends ServiceDefinition> {
  unary<M extends UnaryNames<D>>(
    method: M,
    request: RequestOf<D[M]>,
    options?: CallOptions,
  ): Promise<ResponseOf<D[M]>>;
  /** The call begins with the first `next`; leaving the loop cancels it. */
  serverStream<M extends ServerStreamNames<D>>(
    method: M,
    request: RequestOf<D[M]>,
    options?: CallOptions,
  ): AsyncIterable<ResponseOf<D[M]>>;
  duplex<M extends DuplexNames<D>>(
    method: M,
    options?: DuplexOptions,
  ): Duplex<RequestOf<D[M]>, ResponseOf<D[M]>>;
  /** Resolves when a server is connected; rejects with the signal's reason, or after `withinMs`. */
  ready(options?: { signal?: AbortSignal; withinMs?: number }): Promise<void>;
  close(): void;
}

/** One connection for each address, calls spread over them round robin. */
export function createGrpcClient<D extends ServiceDefinition>(
  constructor: ClientConstructor<D>,
  addresses: string,
  options: GrpcClientOptions<D> = {},
): GrpcClient<D> {
  const { service: definition, serviceName } = constructor;
  const idempotent = new Set<string>(options.idempotent);
  const { tls, maxMessageBytes } = options;
  const hosts = hostsOf(addresses);
  const client = new constructor(
    targetOf(addresses),
    tls?.credentialsFor(hosts) ?? credentials.createInsecure(),
    {
      ...tls?.optionsFor(hosts),
      ...clientOptions(serviceName, methodNames(definition, idempotent), maxMessageBytes),
    },
  );
  const metadata = metadataOf(options.metadata);
  const waiting = metadataOf(options.metadata, { waitForReady: true });
  const deadlineMs = options.deadlineMs ?? 10_000;
  const streams = options.calls === 'over streams' ? new CallStreams(client, metadata) : undefined;
  return {
    unary(method, request, call) {
      const isIdempotent = idempotent.has(method);
      const unary = {
        method: methodOf(definition, method),
        request,
        metadata: isIdempotent ? waiting : metadata,
        deadline: Math.min(
          call?.deadline ?? Infinity,
          Date.now() + (call?.deadlineMs ?? deadlineMs),
        ),
        signal: call?.signal,
      };
      if (streams === undefined || !isIdempotent) return callUnary(client, unary);
      return callOverStream(client, streams, unary);
    },
    serverStream: (method, request, call) =>
      readServerStream(client, methodOf(definition, method), request, metadata, call),
    duplex: (method, call) =>
      openDuplex(
        client,
        methodOf(definition, method),
        metadataOf({ ...options.metadata, ...call?.metadata }),
        call,
      ),
    ready: (within) => waitForReady(client, within),
    close() {
      streams?.close();
      client.close();
    },
  };
}

function methodOf(definition: ServiceDefinition, name: string) {
  const method = definition[name];
  if (method === undefined) throw new Error(`no method ${name}`);
  return method;
}

function methodNames(definition: ServiceDefinition, names: ReadonlySet<string>): string[] {
  return Object.entries(definition).flatMap(([name, { path }]) =>
    names.has(name) ? [path.slice(path.lastIndexOf('/') + 1)] : [],
  );
}

function metadataOf(
  entries: Readonly<Record<string, string>> = {},
  options: { waitForReady?: boolean } = {},
): Metadata {
  const metadata = new Metadata(options);
  for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
  return metadata;
}
