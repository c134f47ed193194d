import type { ServiceDefinition } from '@grpc/grpc-js';
import type { Callers, CallersOf } from './callers.ts';
import type { AnyMethod, ImplementationOf } from './method-types.ts';

type AnyHandler = (request: never, call: never) => unknown;

/** A definition with its handlers; the types were checked where `service` was called. */
export interface GrpcService {
  readonly methods: readonly {
    readonly name: string;
    readonly method: AnyMethod;
    readonly handler: AnyHandler;
    /** Undefined in tests only: a server with TLS refuses to start with such a method. */
    readonly callers: Callers | undefined;
  }[];
}

/**
 * Binds handlers to a generated definition. Unary: `(request, call) => Promise`; server stream:
 * `(request, call) => AsyncIterable`; both ways: `(requests, call) => AsyncIterable`. `callers` says
 * for each method who may call it; a server with TLS demands it.
 */
export function service<D extends ServiceDefinition>(
  definition: D,
  implementation: ImplementationOf<D>,
  callers?: CallersOf<D>,
): GrpcService {
  const handlers = implementation as Record<string, AnyHandler>;
  return {
    methods: Object.entries<AnyMethod>(definition).map(([name, method]) => {
      const handler = handlers[name];
      if (handler === undefined) throw new Error(`${method.path} has no handler`);
      return { name, method, handler, callers: callers?.[name] };
    }),
  };
}

/** `greencloud.task.v1.TaskCommandService` of `/greencloud.task.v1.TaskCommandService/IssueTasks`. */
export function serviceNameOf(path: string): string {
  return path.slice(1, path.lastIndexOf('/'));
}
