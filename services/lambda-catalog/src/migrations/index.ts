import type { MigrationPlan } from '@greencloud/postgres';
import { lambdas } from './0001-lambdas.ts';
import { immutableCode } from './0002-immutable-code.ts';

/** By hand, not by reading the folder: the compiled service has other file endings. */
export const plan: MigrationPlan = {
  schema: 'lambda_catalog',
  migrations: {
    '0001-lambdas': lambdas,
    '0002-immutable-code': immutableCode,
  },
};
