import { DomainError } from '@greencloud/domain';
import type { handleUnaryCall } from '@grpc/grpc-js';
import type { CallRecorder } from '../server/call-recorder.ts';
import { ServerCallContext } from './call-context.ts';
import type { UnaryHandler } from './method-types.ts';

/** A promise-style handler as grpc-js wants it. A call without a deadline is refused. */
export function adaptUnary<Req, Res>(
  handler: UnaryHandler<Req, Res>,
  recorder: CallRecorder,
): handleUnaryCall<Req, Res> {
  return (call, callback) => {
    const startedAt = performance.now();
    const context = new ServerCallContext(call);
    answer(handler, call.request, context).then(
      (response) => {
        context.end();
        recorder.succeeded(startedAt);
        callback(null, response);
      },
      (error: unknown) => {
        context.end();
        callback(recorder.failed(error, startedAt));
      },
    );
  };
}

async function answer<Req, Res>(
  handler: UnaryHandler<Req, Res>,
  request: Req,
  context: ServerCallContext,
): Promise<Res> {
  if (context.deadline === Number.POSITIVE_INFINITY) {
    throw new DomainError('INVALID_PARAMETER', 'the call needs a deadline');
  }
  if (context.deadline <= Date.now()) {
    throw new DomainError('DEADLINE_EXCEEDED', 'the deadline has passed');
  }
  return handler(request, context);
}
