import {
  CallStreamServiceService,
  type ExchangeRequest,
  type ExchangeResponse,
} from '@greencloud/proto/rpc/v1/call_stream';
import type { handleBidiStreamingCall, Server } from '@grpc/grpc-js';
import type { GrpcService } from '../../service/service.ts';
import type { UnaryHandler } from '../../service/method-types.ts';
import type { Serving } from '../add-service.ts';
import { ServedCallStream, type StreamedMethod } from './serve-call-stream.ts';

/**
 * Lets callers keep a stream open for their unary calls to these services. Everybody with a good
 * certificate may open one: each call is asked for its own.
 */
export function addCallStream(
  server: Server,
  services: readonly GrpcService[],
  serving: Serving,
): void {
  const methods = new Map(services.flatMap(({ methods: all }) => streamed(all, serving)));
  const recorder = serving.recorderOf(CallStreamServiceService.exchange.path);
  const exchange: handleBidiStreamingCall<ExchangeRequest, ExchangeResponse> = (stream) => {
    const served = new ServedCallStream(stream, { methods, recorder }, () => forget());
    const forget = serving.open.add(served);
  };
  server.addService(CallStreamServiceService, { exchange });
}

function streamed(
  methods: GrpcService['methods'],
  { recorderOf, admissionTo }: Serving,
): (readonly [string, StreamedMethod])[] {
  return methods
    .filter(({ method }) => !method.requestStream && !method.responseStream)
    .map((served) => {
      const { method, handler } = served;
      const handle = handler as UnaryHandler<unknown, unknown>;
      const answer: StreamedMethod['answer'] = async (request, call) =>
        method.responseSerialize(await handle(method.requestDeserialize(request), call));
      return [
        method.path,
        { recorder: recorderOf(method.path), admit: admissionTo(served), answer },
      ];
    });
}
