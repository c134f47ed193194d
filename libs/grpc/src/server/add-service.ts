import type { Server, UntypedHandleCall } from '@grpc/grpc-js';
import type { DuplexHandler, ServerStreamHandler, UnaryHandler } from '../service/method-types.ts';
import type { GrpcService } from '../service/service.ts';
import { adaptDuplex, adaptServerStream } from '../service/stream-adapter.ts';
import { adaptUnary } from '../service/unary-adapter.ts';
import type { AdmissionTo } from './admission.ts';
import type { RecorderOf } from './call-recorder.ts';
import type { OpenStreams } from './open-streams.ts';

type Method = GrpcService['methods'][number];

export interface Serving {
  readonly recorderOf: RecorderOf;
  readonly open: OpenStreams;
  readonly admissionTo: AdmissionTo;
}

export function addService(server: Server, service: GrpcService, serving: Serving): void {
  const definition = service.methods.map(({ name, method }) => [name, method] as const);
  const handlers = service.methods.map((method) => [method.name, adapt(method, serving)] as const);
  server.addService(Object.fromEntries(definition), Object.fromEntries(handlers));
}

function adapt(served: Method, { recorderOf, open, admissionTo }: Serving) {
  const { method, handler } = served;
  const recorder = recorderOf(method.path);
  const admit = admissionTo(served);
  const stream = { recorder, open, admit };
  const adapted: UntypedHandleCall = method.responseStream
    ? method.requestStream
      ? adaptDuplex(handler as DuplexHandler<unknown, unknown>, stream)
      : adaptServerStream(handler as ServerStreamHandler<unknown, unknown>, stream)
    : adaptUnary(handler as UnaryHandler<unknown, unknown>, recorder, admit);
  return adapted;
}
