import type { Server, UntypedHandleCall } from '@grpc/grpc-js';
import type { DuplexHandler, ServerStreamHandler, UnaryHandler } from '../service/method-types.ts';
import type { GrpcService } from '../service/service.ts';
import { adaptDuplex, adaptServerStream } from '../service/stream-adapter.ts';
import { adaptUnary } from '../service/unary-adapter.ts';
import type { RecorderOf } from './call-recorder.ts';
import type { OpenStreams } from './open-streams.ts';

type Method = GrpcService['methods'][number];

export function addService(
  server: Server,
  service: GrpcService,
  recorderOf: RecorderOf,
  open: OpenStreams,
): void {
  const definition = service.methods.map(({ name, method }) => [name, method] as const);
  const handlers = service.methods.map(
    (method) => [method.name, adapt(method, recorderOf, open)] as const,
  );
  server.addService(Object.fromEntries(definition), Object.fromEntries(handlers));
}

function adapt({ method, handler }: Method, recorderOf: RecorderOf, open: OpenStreams) {
  const recorder = recorderOf(method.path);
  const adapted: UntypedHandleCall = method.responseStream
    ? method.requestStream
      ? adaptDuplex(handler as DuplexHandler<unknown, unknown>, recorder, open)
      : adaptServerStream(handler as ServerStreamHandler<unknown, unknown>, recorder, open)
    : adaptUnary(handler as UnaryHandler<unknown, unknown>, recorder);
  return adapted;
}
