import {
  openDatabase as openPostgres,
  type DatabaseOptions as PostgresOptions,
} from '@greencloud/postgres';
import type { Db } from './database.ts';

/**
 * `by index`: a prepared plan lives as long as its connection, and one made for small tables would
 * read all of a large one for each batch. `by size`: the planner's own choice, for lists and counts.
 */
export type Plans = 'by size' | 'by index';

export interface DatabaseOptions extends Omit<PostgresOptions, 'settings'> {
  readonly plans?: Plans;
}

const planning = {
  'by size': {},
  'by index': {
    plan_cache_mode: 'force_generic_plan',
    enable_seqscan: 'off',
    enable_bitmapscan: 'off',
  },
};

/** `db.destroy()` ends its pool. */
export function openDatabase({ plans = 'by size', ...options }: DatabaseOptions): Db {
  return openPostgres<never>({ ...options, settings: planning[plans] });
}
