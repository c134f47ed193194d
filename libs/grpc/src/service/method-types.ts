import type { MethodDefinition } from '@grpc/grpc-js';
import type { CallContext } from './call-context.ts';

/** The request type of one method of a generated definition. */
export type RequestOf<M> = M extends { requestSerialize: (value: infer Req) => Buffer }
  ? Req
  : never;
/** The response type of one method of a generated definition. */
export type ResponseOf<M> = M extends { responseSerialize: (value: infer Res) => Buffer }
  ? Res
  : never;

interface UnaryShape {
  requestStream: false;
  responseStream: false;
}
interface ServerStreamShape {
  requestStream: false;
  responseStream: true;
}
interface DuplexShape {
  requestStream: true;
  responseStream: true;
}

type NamesOf<D, Shape> = {
  [Name in keyof D]: D[Name] extends Shape ? Name : never;
}[keyof D] &
  string;

export type UnaryNames<D> = NamesOf<D, UnaryShape>;
export type ServerStreamNames<D> = NamesOf<D, ServerStreamShape>;
export type DuplexNames<D> = NamesOf<D, DuplexShape>;

export type UnaryHandler<Req, Res> = (request: Req, call: CallContext) => Promise<Res>;
export type ServerStreamHandler<Req, Res> = (request: Req, call: CallContext) => AsyncIterable<Res>;
export type DuplexHandler<Req, Res> = (
  requests: AsyncIterable<Req>,
  call: CallContext,
) => AsyncIterable<Res>;

type HandlerOf<M> = M extends UnaryShape
  ? UnaryHandler<RequestOf<M>, ResponseOf<M>>
  : M extends ServerStreamShape
    ? ServerStreamHandler<RequestOf<M>, ResponseOf<M>>
    : M extends DuplexShape
      ? DuplexHandler<RequestOf<M>, ResponseOf<M>>
      : never;

/** One handler for each method of a generated definition. */
export type ImplementationOf<D> = { [Name in keyof D]: HandlerOf<D[Name]> };

export type AnyMethod = MethodDefinition<unknown, unknown>;
