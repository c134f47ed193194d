import { DomainError } from '@greencloud/domain';
import type { handleUnaryCall, sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type { Admit } from '../server/admission.ts';
import type { CallRecorder } from '../server/call-recorder.ts';
import { deadlinePassed, ServerCallContext } from './call-context.ts';
import type { UnaryHandler } from './method-types.ts';

/** A promise-style handler as grpc-js wants it. A call without a deadline is refused. */
export function adaptUnary<Req, Res>(
  handler: UnaryHandler<Req, Res>,
  recorder: CallRecorder,
  admit: Admit,
): handleUnaryCall<Req, Res> {
  return (call, callback) => void answer(handler, recorder, admit, call, callback);
}

async function answer<Req, Res>(
  handler: UnaryHandler<Req, Res>,
  recorder: CallRecorder,
  admit: Admit,
  call: ServerUnaryCall<Req, Res>,
  callback: sendUnaryData<Res>,
): Promise<void> {
  const startedAt = performance.now();
  const context = new ServerCallContext(call);
  let response: Res;
  try {
    admit(call);
    checkDeadline(context.deadline);
    response = await handler(call.request, context);
  } catch (error) {
    context.end();
    callback(recorder.failed(error, startedAt));
    return;
  }
  context.end();
  recorder.succeeded(startedAt);
  callback(null, response);
}

/** Throws for a call without a deadline, and for one whose deadline has passed. */
export function checkDeadline(deadline: number): void {
  if (deadline === Number.POSITIVE_INFINITY) {
    throw new DomainError('INVALID_PARAMETER', 'the call needs a deadline');
  }
  if (deadline <= Date.now()) {
    throw deadlinePassed();
  }
}
