export type { Duplex } from './client/duplex.ts';
export {
  type CallOptions,
  type ClientConstructor,
  createGrpcClient,
  type DuplexOptions,
  type GrpcClient,
  type GrpcClientOptions,
} from './client/grpc-client.ts';
export { withMappedErrors } from './client/mapped-errors.ts';
export {
  type GrpcServer,
  type GrpcServerOptions,
  startGrpcServer,
} from './server/start-grpc-server.ts';
export type { CallContext } from './service/call-context.ts';
export type { Callers, CallersOf } from './service/callers.ts';
export type {
  DuplexHandler,
  ImplementationOf,
  ServerStreamHandler,
  UnaryHandler,
} from './service/method-types.ts';
export { ownBytes } from './service/own-bytes.ts';
export { type GrpcService, service } from './service/service.ts';
export { statusOfCode } from './status/status-of-code.ts';
export { type Role, roles } from './tls/role.ts';
export { type ClientTls, type Door, openTls, type Tls, type TlsOptions } from './tls/tls.ts';
