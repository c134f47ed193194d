import type { Health, Logger, Metrics } from '@greencloud/runtime';
import { formatAddress, parseAddress, sleep } from '@greencloud/runtime';
import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { DEFAULT_MAX_MESSAGE_BYTES, SERVER_KEEPALIVE } from '../channel-options.ts';
import { type GrpcService, serviceNameOf } from '../service/service.ts';
import type { Door, Tls } from '../tls/tls.ts';
import { addService } from './add-service.ts';
import { admissionAt, plaintextAdmission } from './admission.ts';
import { addCallStream } from './call-stream/add-call-stream.ts';
import { createRecorders } from './call-recorder.ts';
import { connectionAge, staysHere } from './connection-age.ts';
import { addHealthService } from './health-service.ts';
import { createOpenStreams, type OpenStreams } from './open-streams.ts';
import { addReflection } from './reflection.ts';

export interface GrpcServerOptions {
  /** `host:port`; port 0 takes a free one. */
  address: string;
  services: readonly GrpcService[];
  logger: Logger;
  health: Health;
  metrics?: Metrics;
  /** Default: plaintext, and nobody is asked who he is. */
  tls?: Tls | undefined;
  /** Who calls here. Default: `services`. */
  door?: Door;
  /** Of one message, either way. Default 4 MiB. */
  maxMessageBytes?: number;
  /**
   * After this a connection is renewed, so that clients find new replicas. Default: 5 minutes beyond
   * this machine; on it never, or an hour where callers show certificates, which are looked at only
   * when a connection begins. Nodes stay: their sessions move by themselves.
   */
  maxConnectionAgeMs?: number;
  /** How long `drain` waits for calls in flight before it ends them. Default 5,000. */
  drainLimitMs?: number;
  /** For errors that only the service can name, like those of its database. Default: as they are. */
  mapError?: (error: unknown) => unknown;
  /** Path of the descriptor set for reflection. Default: that of @greencloud/proto. */
  descriptor?: string;
}

export interface GrpcServer {
  /** `host:port` with the real port. */
  readonly address: string;
  /** NOT_SERVING, no new calls, streams are told to end, the rest may finish within the limit. */
  drain: () => Promise<void>;
  /** Ends everything now. */
  close: () => Promise<void>;
}

/** A server with health (grpc.health.v1) and reflection beside the given services. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const server = new Server(serverOptions(options));
  const open = createOpenStreams();
  await addServices(server, open, options);
  const address = await bind(server, options.address, credentialsOf(options));
  return {
    address,
    drain: async () => {
      if (options.health.state !== 'draining') options.health.set('draining');
      open.endAll();
      await shutDown(server, options.drainLimitMs ?? 5_000);
    },
    close: async () => server.forceShutdown(),
  };
}

async function addServices(
  server: Server,
  open: OpenStreams,
  options: GrpcServerOptions,
): Promise<void> {
  const { services, health, logger, metrics, mapError, tls, door = 'services' } = options;
  const recorderOf = createRecorders({ logger, metrics, mapError });
  const admissionTo = tls === undefined ? plaintextAdmission : admissionAt(door, logger);
  const names = services.flatMap(({ methods }) =>
    methods.slice(0, 1).map(({ method }) => serviceNameOf(method.path)),
  );
  const serving = { recorderOf, open, admissionTo };
  for (const service of services) addService(server, service, serving);
  addHealthService(server, health, names, { recorderOf, open });
  // Strangers may knock at the door for nodes: they need not be told what is behind it.
  if (door === 'nodes') return;
  addCallStream(server, services, serving);
  const always = ['grpc.health.v1.Health', 'greencloud.rpc.v1.CallStreamService'];
  await addReflection(server, [...names, ...always], options.descriptor);
}

function credentialsOf(options: GrpcServerOptions): ServerCredentials {
  const { tls, door = 'services', health, logger, address } = options;
  if (tls !== undefined) {
    health.addCheck('certificate', () => tls.problem());
    return tls.credentialsOf(door);
  }
  if (!staysHere(address)) {
    logger.warn(
      { address },
      'gRPC without TLS beyond this machine: whoever reaches it may call it',
    );
  }
  return ServerCredentials.createInsecure();
}

function serverOptions(options: GrpcServerOptions): ServerOptions {
  const maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES;
  const age = options.maxConnectionAgeMs ?? connectionAge(options);
  return {
    ...SERVER_KEEPALIVE,
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    ...(age === undefined ? {} : { 'grpc.max_connection_age_ms': age }),
  };
}

function bind(server: Server, address: string, credentials: ServerCredentials): Promise<string> {
  const wanted = parseAddress(address);
  if (wanted === undefined) throw new Error(`${address} is not host:port`);
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error) reject(error);
      else resolve(formatAddress({ host: wanted.host, port }));
    });
  });
}

async function shutDown(server: Server, limitMs: number): Promise<void> {
  const limit = new AbortController();
  const finished = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const outcome = await Promise.race([
    finished.then(() => 'finished' as const),
    sleep(limitMs, limit.signal),
  ]);
  limit.abort();
  if (outcome !== 'finished') server.forceShutdown();
}
