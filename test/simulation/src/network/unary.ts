import { DomainError } from '@greencloud/domain';
import type { UnaryHandler } from '@greencloud/grpc';
import { type Call, cut, errorOf, reasonOf, serve } from './call.ts';

/** One request over one wire. An abort cancels it; a cut wire leaves its outcome unknown. */
export function askOnce(call: Call, request: Buffer, signal: AbortSignal): Promise<unknown> {
  const { wire, method } = call;
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      forget();
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const onAbort = () => settle(() => reject(reasonOf(signal)));
    const forget = wire.whenCut('client', () => settle(() => reject(cut())));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();
    wire.send('server', method.path, () => {
      void answer(call, request, {
        send: (response) => settle(() => resolve(method.responseDeserialize(response))),
        fail: (error) => settle(() => reject(error)),
      });
    });
  });
}

interface Answers {
  readonly send: (response: Buffer) => void;
  readonly fail: (error: DomainError) => void;
}

/** In the server's process. */
async function answer(call: Call, request: Buffer, { send, fail }: Answers): Promise<void> {
  const { server, wire, method, leftMs } = call;
  const { path } = method;
  const { handler, method: served } = server.method(path);
  const { context } = serve(call);
  server.begin();
  try {
    if (server.listener.state === 'draining') throw drains();
    if (leftMs <= 0) throw new DomainError('DEADLINE_EXCEEDED', 'the deadline has passed');
    const respond = handler as unknown as UnaryHandler<unknown, unknown>;
    const response = served.responseSerialize(
      await respond(served.requestDeserialize(request), context),
    );
    wire.send('client', `${path} answer`, () => send(response));
  } catch (error) {
    const failure = server.failure(error, path);
    wire.send('client', `${path} ${failure.code}`, () => fail(errorOf(failure)));
  }
  server.end();
}

function drains(): DomainError {
  return new DomainError('UNAVAILABLE', 'the server drains');
}
