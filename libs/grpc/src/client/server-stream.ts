import type { Client, Metadata, MethodDefinition } from '@grpc/grpc-js';
import { ignoreLateErrors, readStream } from './stream-reader.ts';

/** Begins with the first `next`, so that a stream nobody reads costs nothing. */
export async function* readServerStream<Req, Res>(
  client: Client,
  method: MethodDefinition<Req, Res>,
  request: Req,
  metadata: Metadata,
  options: { signal?: AbortSignal; deadline?: number; deadlineMs?: number } = {},
): AsyncGenerator<Res> {
  const stream = client.makeServerStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    request,
    metadata,
    { deadline: streamDeadline(options) },
  );
  ignoreLateErrors(stream);
  yield* readStream(stream, options.signal);
}

/** A stream has no deadline unless it is given one. */
export function streamDeadline(options: { deadline?: number; deadlineMs?: number }): number {
  const { deadline = Number.POSITIVE_INFINITY, deadlineMs = Number.POSITIVE_INFINITY } = options;
  return Math.min(deadline, Date.now() + deadlineMs);
}
