import type { MigrationPlan } from '@greencloud/postgres';
import * as nodes from './0001-nodes.ts';

/** By hand, not by reading the folder: the compiled service has other file endings. */
export const plan: MigrationPlan = {
  schema: 'scheduler',
  migrations: {
    '0001-nodes': nodes,
  },
};
