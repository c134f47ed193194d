import type { CodeVersion } from '@greencloud/domain';
import { type ClientTls, createGrpcClient } from '@greencloud/grpc';
import { LambdaCatalogServiceClient } from '@greencloud/proto/lambda/v1/lambda_catalog';

/** Errors are DomainErrors; waits for a catalog that is away, up to 10 s. */
export function connectCatalog(address: string, tls: ClientTls | undefined) {
  const idempotent = ['getCode'] as const;
  const client = createGrpcClient(LambdaCatalogServiceClient, address, { tls, idempotent });
  return {
    fetchCode: async (codeVersion: CodeVersion): Promise<Uint8Array> =>
      (await client.unary('getCode', { codeVersion })).code,
    close: () => client.close(),
  };
}
