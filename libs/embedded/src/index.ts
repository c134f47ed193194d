export { type FindBwrapOptions, findBwrap, type SandboxTool } from './find-bwrap.ts';
export { type FindNatsServerOptions, findNatsServer } from './find-nats-server.ts';
export { freePort, freePorts, portState } from './free-ports.ts';
export { forEachLine, type OnLine } from './lines.ts';
export { type Nats, type NatsOptions, startNats } from './nats.ts';
export { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';
export { commandLine, endLeftOver } from './process-table.ts';
export type { ServerExit, ServerProcess } from './server-process.ts';
export { userCacheFolder } from './user-cache-folder.ts';
