import { startGrpcServer, type Tls } from '@greencloud/grpc';
import { unavailableWhenAway } from '@greencloud/postgres';
import type { Health, Logger, Metrics } from '@greencloud/runtime';
import { NodeAdmin } from './admin/node-admin.ts';
import { CodeDesk } from './catalog/code-desk.ts';
import { createCodeSource } from './catalog/code-source.ts';
import type { Config } from './config.ts';
import { nodeAdminService } from './grpc/node-admin-service.ts';
import { nodeService } from './grpc/node-service.ts';
import type { Outside } from './outside.ts';
import type { Scheduler } from './scheduler.ts';
import { findNodeOfToken } from './store/find-login.ts';
import { createNodeRegister } from './store/node-register.ts';

export interface ServeOptions {
  readonly config: Config;
  readonly tls: Tls | undefined;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

// A message may carry several results of 1 MiB, or payloads of 256 KiB.
const maxMessageBytes = 16 * 1024 * 1024;

/** Two doors: services show a certificate at the one, nodes their token at the other. */
export interface Doors {
  /** `host:port` each. */
  readonly services: string;
  readonly nodes: string;
  drain(): Promise<void>;
}

export async function serve(
  { world, board, fleet, sessions, limits }: Scheduler,
  { db, fetchCode }: Outside,
  { config, tls, health, metrics, logger }: ServeOptions,
): Promise<Doors> {
  const source = createCodeSource({ fetch: fetchCode, maxBytes: config.GC_CODE_CACHE_BYTES });
  const codeDesk = new CodeDesk({
    board,
    fleet,
    source,
    nodeOfToken: (tokenHash) => findNodeOfToken(db, tokenHash),
  });
  const register = createNodeRegister(db, limits.lostAfterMs);
  const admin = new NodeAdmin({ world, board, sessions, register, ...limits });
  const mapError = unavailableWhenAway('The register of nodes does not answer');
  const shared = { logger, health, metrics, tls, maxMessageBytes, mapError };
  const services = await startGrpcServer({
    ...shared,
    address: config.GC_GRPC_ADDRESS,
    services: [nodeAdminService(admin)],
  });
  const nodes = await startGrpcServer({
    ...shared,
    door: 'nodes',
    address: config.GC_NODE_ADDRESS,
    services: [nodeService({ world, sessions, codeDesk })],
  });
  return {
    services: services.address,
    nodes: nodes.address,
    drain: async () => void (await Promise.all([services.drain(), nodes.drain()])),
  };
}
