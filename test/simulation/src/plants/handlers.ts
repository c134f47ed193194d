import type { GrpcService } from '@greencloud/grpc';

type Unary = (request: never, call: never) => Promise<unknown>;

/** The service with another handler for one of its methods; untouched if it has no such method. */
export function withHandler(
  service: GrpcService,
  name: string,
  wrap: (handler: Unary) => (request: never, call: never) => unknown,
): GrpcService {
  return {
    ...service,
    methods: service.methods.map((method) =>
      method.name === name ? { ...method, handler: wrap(method.handler as Unary) } : method,
    ),
  };
}
