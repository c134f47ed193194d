import type { DuplexHandler, ServerStreamHandler } from '@greencloud/grpc';
import { type Call, cancelled, cut, errorOf, serve, type ServedCall } from './call.ts';
import { Inbox } from './inbox.ts';

/** A stream of answers, read at the client's side. */
export function openServerStream(call: Call, request: Buffer): ClientStream {
  const stream = new ClientStream(call);
  call.wire.send('server', call.method.path, () => {
    const served = stream.serve();
    const respond = handlerOf(call) as ServerStreamHandler<unknown, unknown>;
    void pump(call, served, stream, () =>
      respond(call.method.requestDeserialize(request), served.context),
    );
  });
  return stream;
}

/** Both ways; requests are sent with `send`. */
export function openDuplexStream(call: Call): ClientStream {
  const stream = new ClientStream(call);
  call.wire.send('server', call.method.path, () => {
    const served = stream.serve();
    const { signal } = served.context;
    signal.addEventListener('abort', () => stream.requests.fail(signal.reason), { once: true });
    const respond = handlerOf(call) as DuplexHandler<unknown, unknown>;
    void pump(call, served, stream, () => respond(stream.requests, served.context));
  });
  return stream;
}

export class ClientStream {
  readonly #call: Call;
  readonly #forget: () => void;
  #served: ServedCall | undefined;
  #state: 'open' | 'over' = 'open';
  readonly requests = new Inbox<unknown>();
  readonly responses = new Inbox<unknown>();

  constructor(call: Call) {
    this.#call = call;
    this.#forget = call.wire.whenCut('client', () => this.over(cut()));
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  send(message: unknown): void {
    const { wire, method } = this.#call;
    const bytes = method.requestSerialize(message);
    wire.send('server', 'request', () => this.requests.push(method.requestDeserialize(bytes)));
  }

  endRequests(): void {
    this.#call.wire.send('server', 'half-close', () => this.requests.end());
  }

  /** The client wants no more of it. */
  cancel(reason: unknown = cancelled()): void {
    if (this.#state === 'over') return;
    this.over(reason);
    this.#call.wire.send('server', 'cancel', () => this.#served?.abort.abort(cancelled()));
  }

  /** The server's status has come, or nothing more can. */
  over(error: unknown): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#forget();
    if (error === 'OK') this.responses.end();
    else this.responses.fail(error);
  }

  /** In the server's process. */
  serve(): ServedCall {
    return (this.#served = serve(this.#call));
  }
}

function handlerOf({ server, method }: Call): unknown {
  return server.method(method.path).handler;
}

/** In the server's process: what the handler answers, to its end, its error or an abort. */
async function pump(
  { wire, method, server }: Call,
  { abort, context }: ServedCall,
  stream: ClientStream,
  respond: () => AsyncIterable<unknown>,
): Promise<void> {
  const { signal } = context;
  // A service may have a way of its own to encode what it answers.
  const { method: served } = server.method(method.path);
  const forget = server.openStream(abort);
  const fail = (error: unknown) => {
    const failure = server.failure(error, method.path);
    wire.send('client', `status ${failure.code}`, () => stream.over(errorOf(failure)));
  };
  signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  try {
    for await (const response of respond()) {
      if (signal.aborted) break;
      const bytes = served.responseSerialize(response);
      wire.send('client', 'response', () =>
        stream.responses.push(method.responseDeserialize(bytes)),
      );
    }
    if (!signal.aborted) wire.send('client', 'status OK', () => stream.over('OK'));
  } catch (error) {
    if (!signal.aborted) fail(error);
  } finally {
    forget();
  }
}
