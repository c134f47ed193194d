import { DomainError } from '@greencloud/domain';
import type { CallContext } from '@greencloud/grpc';
import { Metadata, type MethodDefinition } from '@grpc/grpc-js';
import type { Failure, SimulatedServer } from './server.ts';
import type { Wire } from './wire.ts';

export type AnyMethod = MethodDefinition<unknown, unknown>;

/** One call as it crosses a wire: bytes, a deadline as ms that are left, and metadata. */
export interface Call {
  readonly wire: Wire;
  readonly server: SimulatedServer;
  readonly method: AnyMethod;
  readonly leftMs: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The call at the server's side. */
export interface ServedCall {
  readonly context: CallContext;
  readonly abort: AbortController;
}

/** In the server's process. */
export function serve({ leftMs, metadata, wire }: Call): ServedCall {
  const abort = new AbortController();
  const carried = new Metadata();
  for (const [name, value] of Object.entries(metadata)) carried.set(name, value);
  wire.whenCut('server', () => abort.abort(cancelled()));
  const deadline = Number.isFinite(leftMs) ? Date.now() + leftMs : leftMs;
  const { signal } = abort;
  return { abort, context: { signal, deadline, metadata: carried, peer: wire.client.name } };
}

export function cancelled(): DomainError {
  return new DomainError('CANCELLED', 'the caller cancelled');
}

export function cut(): DomainError {
  return new DomainError('UNAVAILABLE', 'the connection was cut');
}

export function errorOf({ code, message, fields }: Failure): DomainError {
  return new DomainError(code, message, fields);
}

/** In the client's process: why its signal was aborted, as a DomainError. */
export function reasonOf(signal: AbortSignal): DomainError {
  return signal.reason instanceof DomainError
    ? signal.reason
    : new DomainError('CANCELLED', 'the call was cancelled');
}
