export {
  type Authority,
  type CertificateRequest,
  createAuthority,
  type KeyedCertificate,
  openAuthority,
} from './certificates/authority.ts';
export { createDatabase } from './postgres/create-database.ts';
export { type FindBwrapOptions, findBwrap, type SandboxTool } from './programs/find-bwrap.ts';
export { type FindNatsServerOptions, findNatsServer } from './nats/find-nats-server.ts';
export { freePort, freePorts, type PortState, portState } from './process/free-ports.ts';
export { forEachLine, type OnLine } from './process/lines.ts';
export { type Nats, type NatsOptions, startNats } from './nats/nats.ts';
export type { NatsUser } from './nats/config.ts';
export { type Postgres, type PostgresOptions, startPostgres } from './postgres/postgres.ts';
export { commandLine, endLeftOver } from './process/process-table.ts';
export { startTime } from './process/start-time.ts';
export type { ServerCommand, ServerExit, ServerProcess } from './process/server-process.ts';
export { type StartOutcome, startWhenReady } from './process/start-when-ready.ts';
export { userCacheFolder } from './programs/user-cache-folder.ts';
