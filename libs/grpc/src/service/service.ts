import type { ServiceDefinition } from '@grpc/grpc-js';
import type { AnyMethod, ImplementationOf } from './method-types.ts';

type AnyHandler = (request: never, call: never) => unknown;

/** A definition with its handlers; the types were checked where `service` was called. */
export interface GrpcService {
  readonly methods: readonly {
    readonly name: string;
    readonly method: AnyMethod;
    readonly handler: AnyHandler;
  }[];
}

/**
 * Binds handlers to a generated definition. Unary: `(request, call) => Promise`; server stream:
 * `(request, call) => AsyncIterable`; both ways: `(requests, call) => AsyncIterable`.
 */
export function service<D extends ServiceDefinition>(
  definition: D,
  implementation: ImplementationOf<D>,
): GrpcService {
  const handlers = implementation as Record<string, AnyHandler>;
  return {
    methods: Object.entries<AnyMethod>(definition).map(([name, method]) => {
      const handler = handlers[name];
      if (handler === undefined) throw new Error(`${method.path} has no handler`);
      return { name, method, handler };
    }),
  };
}

/** `greencloud.task.v1.TaskCommandService` of `/greencloud.task.v1.TaskCommandService/IssueTasks`. */
export function serviceNameOf(path: string): string {
  return path.slice(1, path.lastIndexOf('/'));
}
