import { createHealth, createLogger, type Health } from '@greencloud/runtime';
import { type Client, makeGenericClientConstructor } from '@grpc/grpc-js';
import type { ClientConstructor } from './client/grpc-client.ts';
import {
  type GrpcServer,
  type GrpcServerOptions,
  startGrpcServer,
} from './server/start-grpc-server.ts';
import type { CallersOf } from './service/callers.ts';
import type { ImplementationOf } from './service/method-types.ts';
import { service } from './service/service.ts';

/** A service for tests with one method of each kind, shaped as ts-proto shapes them. */
export interface Message {
  text: string;
}

const codec = {
  requestSerialize: (value: Message): Buffer => Buffer.from(value.text),
  requestDeserialize: (bytes: Buffer): Message => ({ text: bytes.toString() }),
  responseSerialize: (value: Message): Buffer => Buffer.from(value.text),
  responseDeserialize: (bytes: Buffer): Message => ({ text: bytes.toString() }),
};

export const EchoService = {
  echo: {
    path: '/greencloud.test.EchoService/Echo' as const,
    requestStream: false as const,
    responseStream: false as const,
    ...codec,
  },
  count: {
    path: '/greencloud.test.EchoService/Count' as const,
    requestStream: false as const,
    responseStream: true as const,
    ...codec,
  },
  chat: {
    path: '/greencloud.test.EchoService/Chat' as const,
    requestStream: true as const,
    responseStream: true as const,
    ...codec,
  },
};

type GenericClient = new (...args: ConstructorParameters<typeof Client>) => Client;

export const EchoClient: ClientConstructor<typeof EchoService> = Object.assign(
  makeGenericClientConstructor(EchoService, 'EchoService') as unknown as GenericClient,
  { service: EchoService, serviceName: 'greencloud.test.EchoService' },
);

export type EchoImplementation = ImplementationOf<typeof EchoService>;

const echo: EchoImplementation = {
  echo: async (request) => request,
  async *count({ text }) {
    for (let n = 1; n <= Number(text); n += 1) yield { text: String(n) };
  },
  async *chat(requests) {
    for await (const request of requests) yield request;
  },
};

const silentLogger = createLogger({ service: 'test', level: 'silent' });

/** A real server on loopback that is ready; handlers that are not given echo. */
export async function startEcho(
  implementation: Partial<EchoImplementation> = {},
  options: Partial<GrpcServerOptions> = {},
  callers?: CallersOf<typeof EchoService>,
): Promise<GrpcServer & { health: Health }> {
  const health = createHealth();
  health.set('ready');
  const server = await startGrpcServer({
    address: '127.0.0.1:0',
    services: [service(EchoService, { ...echo, ...implementation }, callers)],
    logger: silentLogger,
    health,
    ...options,
  });
  return { ...server, health };
}
