import { DomainError } from '@greencloud/domain';
import type { GrpcService } from '@greencloud/grpc';
import { BatcherClosedError, type Logger, QueueFullError } from '@greencloud/runtime';
import type { Life } from '../time/life.ts';
import type { Listener } from './network.ts';

export type Method = GrpcService['methods'][number];

export interface ServerOptions {
  readonly life: Life;
  readonly services: readonly GrpcService[];
  readonly logger: Logger;
  readonly mapError?: (error: unknown) => unknown;
}

/** What a failed call carries over the wire. */
export interface Failure {
  readonly code: DomainError['code'];
  readonly message: string;
  readonly fields: DomainError['fields'];
}

/** The gRPC server of one life: its methods by path, its calls, its drain. */
export class SimulatedServer {
  readonly #options: ServerOptions;
  readonly #methods = new Map<string, Method>();
  readonly #streams = new Set<AbortController>();
  readonly #idle: (() => void)[] = [];
  readonly listener: Listener;
  #calls = 0;

  constructor(options: ServerOptions, listener: Listener) {
    this.#options = options;
    this.listener = listener;
    for (const { methods } of options.services) {
      for (const method of methods) this.#methods.set(method.method.path, method);
    }
  }

  method(path: string): Method {
    const method = this.#methods.get(path);
    if (method === undefined) throw new Error(`${this.#options.life.name} has no ${path}`);
    return method;
  }

  begin(): void {
    this.#calls += 1;
  }

  end(): void {
    this.#calls -= 1;
    if (this.#calls === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  openStream(stream: AbortController): () => void {
    this.#streams.add(stream);
    return () => void this.#streams.delete(stream);
  }

  /** No new calls, streams end, the rest may finish within 5 s. */
  async drain(): Promise<void> {
    this.listener.state = 'draining';
    for (const stream of this.#streams) {
      stream.abort(new DomainError('UNAVAILABLE', 'the server drains'));
    }
    if (this.#calls === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle.push(resolve);
    setTimeout(resolve, 5_000);
    await promise;
  }

  /** The table of libs/grpc: what is no error of ours crosses the border without detail. */
  failure(given: unknown, path: string): Failure {
    const { mapError = (error: unknown) => error, logger } = this.#options;
    const error = mapError(given);
    if (error instanceof DomainError) {
      const { code, message, fields } = error;
      return { code, message, fields };
    }
    if (error instanceof QueueFullError) return failureOf('OVERLOADED', 'the queue is full');
    if (error instanceof BatcherClosedError) return failureOf('UNAVAILABLE', 'it is stopping');
    logger.error({ err: error, method: path }, 'a call failed');
    return failureOf('INTERNAL', 'internal error');
  }
}

function failureOf(code: DomainError['code'], message: string): Failure {
  return { code, message, fields: [] };
}
