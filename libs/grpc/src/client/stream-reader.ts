import type { ClientReadableStream } from '@grpc/grpc-js';
import { fromStreamError } from '../status/service-error.ts';
import { reasonOf } from './unary-call.ts';

/** The messages of a stream, read one by one; leaving the loop or an abort cancels the call. */
export async function* readStream<Res>(
  stream: ClientReadableStream<Res>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Res> {
  const cancel = () => stream.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) cancel();
  try {
    yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Res>;
  } catch (error) {
    throw signal?.aborted === true ? reasonOf(signal) : fromStreamError(error);
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancel();
  }
}

/** The status of a cancelled call is an error event that nobody may be there to hear. */
export function ignoreLateErrors(stream: { on(event: 'error', listener: () => void): unknown }) {
  stream.on('error', () => {});
}
