import { type GrpcServer, startGrpcServer } from '@greencloud/grpc';
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
import { unavailableWhenAway } from './store/unavailable-when-away.ts';

export interface ServeOptions {
  readonly config: Config;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

// A message may carry several results of 1 MiB, or payloads of 256 KiB.
const maxMessageBytes = 16 * 1024 * 1024;

/** Opens the door for nodes and for their owners. */
export function serve(
  { world, board, fleet, sessions, limits }: Scheduler,
  { db, fetchCode }: Outside,
  { config, health, metrics, logger }: ServeOptions,
): Promise<GrpcServer> {
  const source = createCodeSource({ fetch: fetchCode, maxBytes: config.GC_CODE_CACHE_BYTES });
  const codeDesk = new CodeDesk({
    board,
    fleet,
    source,
    nodeOfToken: (tokenHash) => findNodeOfToken(db, tokenHash),
  });
  const register = createNodeRegister(db, limits.lostAfterMs);
  const nodes = new NodeAdmin({ world, board, sessions, register, ...limits });
  return startGrpcServer({
    address: config.GC_GRPC_ADDRESS,
    services: [nodeService({ world, sessions, codeDesk }), nodeAdminService(nodes)],
    logger,
    health,
    metrics,
    maxMessageBytes,
    mapError: unavailableWhenAway,
  });
}
