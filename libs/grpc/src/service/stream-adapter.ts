import { setImmediate } from 'node:timers/promises';
import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  ServerDuplexStream,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { sleep } from '@greencloud/runtime';
import type { Admit } from '../server/admission.ts';
import type { CallRecorder } from '../server/call-recorder.ts';
import type { OpenStreams } from '../server/open-streams.ts';
import { ServerCallContext } from './call-context.ts';
import type { DuplexHandler, ServerStreamHandler } from './method-types.ts';

export interface StreamServing {
  readonly recorder: CallRecorder;
  readonly open: OpenStreams;
  readonly admit: Admit;
}

type ResponseStream<Req, Res> = ServerWritableStream<Req, Res> | ServerDuplexStream<Req, Res>;

/** An async iterable as a server stream; the next item is taken when the client has room for it. */
export function adaptServerStream<Req, Res>(
  handler: ServerStreamHandler<Req, Res>,
  serving: StreamServing,
): handleServerStreamingCall<Req, Res> {
  return (stream) => {
    const context = new ServerCallContext(stream);
    void serve(stream, context, () => handler(stream.request, context), serving);
  };
}

/** Requests come as an async iterable, read one by one; it ends when the client half-closes. */
export function adaptDuplex<Req, Res>(
  handler: DuplexHandler<Req, Res>,
  serving: StreamServing,
): handleBidiStreamingCall<Req, Res> {
  return (stream) => {
    const context = new ServerCallContext(stream);
    const requests = requestsOf(stream, context);
    void serve(stream, context, () => handler(requests, context), serving);
  };
}

async function serve<Req, Res>(
  stream: ResponseStream<Req, Res>,
  context: ServerCallContext,
  respond: () => AsyncIterable<Res>,
  { recorder, open, admit }: StreamServing,
): Promise<void> {
  const { signal } = context;
  const startedAt = performance.now();
  const forget = open.add(context);
  const writer = createWriter(stream);
  const fail = async (error: unknown) => {
    context.end();
    const status = recorder.failed(error, startedAt);
    await writer.written();
    if (!stream.cancelled) stream.emit('error', status);
  };
  // At once, whether the handler looks at its signal or not: a drain must not wait for it.
  signal.addEventListener('abort', () => void fail(signal.reason), { once: true });
  try {
    admit(stream);
    await pump(respond(), stream, writer, signal);
    // After an abort the status has been sent: what returned early must not look complete.
    if (signal.aborted) return;
    context.end();
    recorder.succeeded(startedAt);
    stream.end();
  } catch (error) {
    if (!signal.aborted) await fail(error);
  } finally {
    forget();
  }
}

async function pump<Req, Res>(
  responses: AsyncIterable<Res>,
  stream: ResponseStream<Req, Res>,
  writer: Writer<Res>,
  signal: AbortSignal,
): Promise<void> {
  for await (const response of responses) {
    if (signal.aborted) return;
    if (writer.write(response) === 'full') await room(stream, signal);
  }
}

interface Writer<Res> {
  write(response: Res): 'room' | 'full';
  /** Resolves when the last message has left, or after a moment for a client that does not read. */
  written(): Promise<unknown>;
}

const flushLimitMs = 1_000;

// An error destroys a stream that is still being read, and with it what was not yet written: the
// messages before the error and the status itself would be lost.
function createWriter<Req, Res>(stream: ResponseStream<Req, Res>): Writer<Res> {
  let last: Promise<unknown> = Promise.resolve();
  return {
    write(response) {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      last = promise;
      return stream.write(response, resolve) ? 'room' : 'full';
    },
    written: async () => {
      const limit = new AbortController();
      await Promise.race([last, sleep(flushLimitMs, limit.signal)]);
      limit.abort();
    },
  };
}

function room<Req, Res>(stream: ResponseStream<Req, Res>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    stream.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}

async function* requestsOf<Req, Res>(
  stream: ServerDuplexStream<Req, Res>,
  context: ServerCallContext,
): AsyncGenerator<Req> {
  try {
    // A handler that stops reading must still be able to answer.
    yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Req>;
  } catch (error) {
    context.signal.throwIfAborted();
    throw error;
  }
  // A cancelled call first looks like a half-closed one: http2 ends the readable side before it
  // says `close`, and grpc-js says `cancelled` a tick after that.
  await setImmediate();
  context.signal.throwIfAborted();
}
