import type { Services } from '../services.ts';
import type { Backends } from './backends.ts';
import { lambdaCatalogOf } from './lambda-catalog.ts';
import { nodeAdminOf } from './node-admin.ts';
import { batchTaskCommands } from './task-commands.ts';
import { batchTaskQueries } from './task-queries.ts';
import { cachedTaskResults } from './task-results.ts';

/** What the routes stand on, over the gRPC clients. */
export function servicesOver(backends: Backends): Omit<Services, 'streams'> {
  return {
    taskCommands: batchTaskCommands(backends.taskCommand),
    taskQueries: batchTaskQueries(backends.taskQuery),
    taskResults: cachedTaskResults(backends.eventLog),
    lambdas: lambdaCatalogOf(backends.lambdaCatalog),
    nodes: nodeAdminOf(backends.nodeAdmin),
  };
}
