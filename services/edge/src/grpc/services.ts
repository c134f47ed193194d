import type { Metrics } from '@greencloud/runtime';
import type { Services } from '../services.ts';
import type { Backends } from './backends.ts';
import { createCoalescing } from './coalescing.ts';
import { lambdaCatalogOf } from './lambda-catalog.ts';
import { nodeAdminOf } from './node-admin.ts';
import { batchTaskCommands } from './task-commands.ts';
import { batchTaskQueries } from './task-queries.ts';
import { cachedTaskResults } from './task-results.ts';
import { createVersionsSeen } from './versions-seen.ts';

/** What the routes stand on, over the gRPC clients. */
export function servicesOver(
  backends: Backends,
  metrics: Metrics,
): Omit<Services, 'streams' | 'waitingTasks'> {
  const coalesce = createCoalescing(metrics);
  const versions = createVersionsSeen();
  return {
    taskCommands: batchTaskCommands(backends.taskCommand, coalesce, versions),
    taskQueries: batchTaskQueries(backends.taskQuery, coalesce, versions),
    taskResults: cachedTaskResults(backends.eventLog, coalesce),
    lambdas: lambdaCatalogOf(backends.lambdaCatalog, coalesce),
    nodes: nodeAdminOf(backends.nodeAdmin),
  };
}
