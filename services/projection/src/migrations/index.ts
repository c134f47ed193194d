import type { Migration } from 'kysely/migration';
import * as views from './0001-views.ts';
import * as leases from './0002-leases.ts';
import * as requireRows from './0003-require-rows.ts';

/** By hand, not by reading the folder: the compiled service has other file endings. */
export const migrations: Record<string, Migration> = {
  '0001-views': views,
  '0002-leases': leases,
  '0003-require-rows': requireRows,
};
