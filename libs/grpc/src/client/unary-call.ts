import { DomainError } from '@greencloud/domain';
import type { Client, Metadata, MethodDefinition } from '@grpc/grpc-js';
import { fromServiceError } from '../status/service-error.ts';

export interface UnaryCall<Req, Res> {
  method: MethodDefinition<Req, Res>;
  request: Req;
  metadata: Metadata;
  deadline: number;
  signal: AbortSignal | undefined;
}

/** One call as a promise. An abort cancels it on the server too, and rejects with the reason. */
export function callUnary<Req, Res>(client: Client, unary: UnaryCall<Req, Res>): Promise<Res> {
  const { method, request, metadata, deadline, signal } = unary;
  if (signal?.aborted === true) return Promise.reject(reasonOf(signal));
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadata,
      { deadline },
      (error, response) => {
        signal?.removeEventListener('abort', onAbort);
        if (error === null) resolve(response as Res);
        else reject(signal?.aborted === true ? reasonOf(signal) : fromServiceError(error));
      },
    );
    function onAbort() {
      call.cancel();
    }
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The reason of an abort where it is an error of ours, else CANCELLED. */
export function reasonOf(signal: AbortSignal | undefined): DomainError {
  const reason: unknown = signal?.reason;
  return reason instanceof DomainError
    ? reason
    : new DomainError('CANCELLED', 'the call was cancelled');
}
