// For a service that is looked at before it is ready: its address is not known otherwise.
export { freePort } from '@greencloud/embedded';
export { type EventuallyOptions, eventually } from './eventually.ts';
export { processEnvironment } from './process/process-environment.ts';
export {
  processesOf,
  serviceEntry,
  serviceEnvironment,
  serviceNames,
} from './stack/service-process.ts';
export type { StackFile, StackProcess } from './stack/stack-file.ts';
export {
  type ProcessExit,
  type ProcessOptions,
  type ReadyMessage,
  runProcess,
  startProcess,
  type TestProcess,
} from './process/start-process.ts';
export { median, quantile } from './statistics.ts';
export type { Restartable } from './servers/restartable.ts';
export { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';
export {
  type TestCertificates,
  type TestTlsFiles,
  type TestValidity,
  withCertificates,
} from './servers/with-certificates.ts';
export { type NatsTestOptions, type TestNats, withNats } from './servers/with-nats.ts';
export {
  type PostgresServerOptions,
  type TestPostgresServer,
  withPostgresServer,
} from './servers/with-postgres-server.ts';
export { openPool, type TestDatabase, withPostgres } from './servers/with-postgres.ts';
export {
  type KilledProcess,
  type KillOptions,
  type OpenStack,
  openStack,
  type StackOptions,
  type TestStack,
  type TokenOptions,
  withStack,
} from './stack/with-stack.ts';
