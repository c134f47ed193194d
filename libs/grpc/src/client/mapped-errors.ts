import type { ServiceDefinition } from '@grpc/grpc-js';
import type { GrpcClient } from './grpc-client.ts';

/** The client with each error of its calls as `mapError` gives it; duplex calls stay as they are. */
export function withMappedErrors<D extends ServiceDefinition>(
  client: GrpcClient<D>,
  mapError: (error: unknown) => unknown,
): GrpcClient<D> {
  const rethrow = (error: unknown): never => {
    throw mapError(error);
  };
  return {
    ...client,
    unary: (method, request, call) => client.unary(method, request, call).catch(rethrow),
    serverStream: (method, request, call) =>
      mapped(client.serverStream(method, request, call), rethrow),
  };
}

async function* mapped<T>(
  source: AsyncIterable<T>,
  rethrow: (error: unknown) => never,
): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    rethrow(error);
  }
}
