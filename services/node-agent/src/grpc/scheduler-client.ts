import type { CodeVersion } from '@greencloud/domain';
import { createGrpcClient, type GrpcClient, type Tls } from '@greencloud/grpc';
import {
  type ConnectResponse,
  NodeServiceClient,
  type NodeServiceService,
} from '@greencloud/proto/node/v1/node';
import type { FromScheduler, SessionStream, ToScheduler } from '../session/messages.ts';
import { fromProto } from './from-proto.ts';
import { toProto } from './to-proto.ts';

export interface SchedulerClient {
  connect(): SessionStream;
  /** Waits for a scheduler that is away, up to 10 s. Errors are DomainErrors. */
  fetchCode(version: CodeVersion): Promise<Uint8Array>;
  close(): void;
}

/**
 * The one connection of a node: outward, with its token on every call. `tls` believes in the
 * scheduler; the node itself has no certificate.
 */
export function createSchedulerClient(
  addresses: string,
  token: string,
  tls?: Tls,
): SchedulerClient {
  const client = createGrpcClient(NodeServiceClient, addresses, {
    tls: tls?.to('scheduler'),
    metadata: { authorization: `Bearer ${token}` },
    idempotent: ['getCode'],
  });
  return schedulerClientOver(client);
}

/** Over a client that is there already; a simulation has its own. */
export function schedulerClientOver(client: GrpcClient<NodeServiceService>): SchedulerClient {
  return {
    connect: () => {
      const duplex = client.duplex('connect');
      return {
        messages: read(duplex.responses),
        send: (message: ToScheduler) => duplex.send(toProto(message)),
        end: () => duplex.end(),
        cancel: () => duplex.cancel(),
      };
    },
    fetchCode: async (codeVersion) => (await client.unary('getCode', { codeVersion })).code,
    close: () => client.close(),
  };
}

async function* read(responses: AsyncIterable<ConnectResponse>): AsyncGenerator<FromScheduler> {
  for await (const response of responses) yield fromProto(response);
}
