export {
  type Authority,
  type CertificateRequest,
  createAuthority,
  type KeyedCertificate,
  openAuthority,
} from './certificates/authority.ts';
export { createDatabase } from './create-database.ts';
export { type FindBwrapOptions, findBwrap, type SandboxTool } from './find-bwrap.ts';
export { type FindNatsServerOptions, findNatsServer } from './find-nats-server.ts';
export { freePort, freePorts, type PortState, portState } from './free-ports.ts';
export { forEachLine, type OnLine } from './lines.ts';
export { type Nats, type NatsOptions, startNats } from './nats.ts';
export type { NatsUser } from './nats-config.ts';
export { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';
export { commandLine, endLeftOver } from './process-table.ts';
export { startTime } from './start-time.ts';
export type { ServerCommand, ServerExit, ServerProcess } from './server-process.ts';
export { type StartOutcome, startWhenReady } from './start-when-ready.ts';
export { userCacheFolder } from './user-cache-folder.ts';
