import { DomainError } from '@greencloud/domain';
import type { Client } from '@grpc/grpc-js';
import { callUnary, type UnaryCall } from '../unary-call.ts';
import { StreamLostError } from './call-stream.ts';
import type { CallStreams } from './call-streams.ts';

// What is larger would hold up the small ones behind it, and gains nothing that could be told.
const MOST_BYTES = 64 * 1024;

/**
 * An idempotent call over an open stream where there is one. Everything else is left to a call of its
 * own: to wait for a server that is away, to be repeated when one goes in the middle of it.
 */
export async function callOverStream<Req, Res>(
  client: Client,
  streams: CallStreams,
  unary: UnaryCall<Req, Res>,
): Promise<Res> {
  const stream = unary.signal?.aborted === true ? undefined : streams.take();
  const request = stream === undefined ? undefined : unary.method.requestSerialize(unary.request);
  if (stream === undefined || request === undefined || request.length > MOST_BYTES) {
    return await callUnary(client, unary);
  }
  try {
    const { deadline, signal, method } = unary;
    const response = await stream.call({ method: method.path, request, deadline, signal });
    return method.responseDeserialize(response);
  } catch (error) {
    if (!isPassing(error)) throw error;
    return await callUnary(client, unary);
  }
}

/** What a call by itself is repeated for: its server goes, or says that it cannot now. */
function isPassing(error: unknown): boolean {
  if (error instanceof StreamLostError) return true;
  return error instanceof DomainError && error.code === 'UNAVAILABLE';
}
