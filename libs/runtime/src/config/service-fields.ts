import { hostname } from 'node:os';
import { pid } from 'node:process';
import { z } from 'zod';
import { zAddress, zLogLevel } from './fields.ts';
import { tlsFields } from './tls-files.ts';

/** What every service reads: `z.object({ ...serviceFields, … })`. */
export const serviceFields = {
  ...tlsFields,
  GC_GRPC_ADDRESS: zAddress.default('127.0.0.1:0'),
  GC_ADMIN_ADDRESS: zAddress.default('127.0.0.1:0'),
  GC_LOG_LEVEL: zLogLevel.default('info'),
  GC_REPLICA: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'must be letters, digits, dots and dashes')
    .default(() => `${hostname()}-${pid}`),
};
