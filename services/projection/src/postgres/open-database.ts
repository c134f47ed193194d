import {
  openDatabase as openPostgres,
  type DatabaseOptions as PostgresOptions,
} from '@greencloud/postgres';
import type { Db } from './database.ts';

/** `views`: a commit that a crash takes back is read from the log again. `truth`: leases. */
export type Durability = 'views' | 'truth';

/**
 * `by index`: a prepared plan lives as long as its connection, and one made for small tables would
 * read all of a large one for each batch. `by size`: the planner's own choice, for lists and counts.
 */
export type Plans = 'by size' | 'by index';

export interface DatabaseOptions extends Omit<PostgresOptions, 'settings'> {
  readonly durability: Durability;
  readonly plans?: Plans;
}

// The views ask for no fsync: it would compete with the commits of the log on the same disk, and
// a checkpoint is lost together with the rows that it stands for, so nothing is skipped.
const durabilities = { views: { synchronous_commit: 'off' }, truth: {} };

const planning = {
  'by size': {},
  'by index': {
    plan_cache_mode: 'force_generic_plan',
    enable_seqscan: 'off',
    enable_bitmapscan: 'off',
  },
};

/** `db.destroy()` ends its pool. */
export function openDatabase({ durability, plans = 'by size', ...options }: DatabaseOptions): Db {
  const settings = { ...durabilities[durability], ...planning[plans] };
  return openPostgres<never>({ ...options, settings });
}
