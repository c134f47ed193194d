import type { MigrationPlan } from '@greencloud/postgres';
import { liveSchema } from '../postgres/database.ts';
import * as views from './0001-views.ts';
import * as leases from './0002-leases.ts';
import * as requireRows from './0003-require-rows.ts';
import * as leaseHolder from './0004-lease-holder.ts';

/** By hand, not by reading the folder: the compiled service has other file endings. */
export const plan: MigrationPlan = {
  schema: liveSchema,
  migrations: {
    '0001-views': views,
    '0002-leases': leases,
    '0003-require-rows': requireRows,
    '0004-lease-holder': leaseHolder,
  },
};
