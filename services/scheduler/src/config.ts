import {
  parseConfig,
  serviceFields,
  zAddress,
  zAddresses,
  zInteger,
  zMilliseconds,
  zUrl,
} from '@greencloud/runtime';
import { z } from 'zod';
import { zWeights } from './queue/weights.ts';

const fields = z.object({
  ...serviceFields,
  GC_NODE_ADDRESS: zAddress.default('127.0.0.1:0'),
  GC_DATABASE_URL: zUrl('postgres:', 'postgresql:'),
  GC_NATS_URL: zUrl('nats:', 'tls:'),
  GC_NATS_USER: z.string().optional(),
  GC_NATS_PASSWORD: z.string().optional(),
  GC_TASK_COMMAND_ADDRESS: zAddresses,
  GC_LAMBDA_CATALOG_ADDRESS: zAddresses,
  GC_HEARTBEAT_MS: zMilliseconds.default(5_000),
  GC_FENCE_AFTER_MS: zMilliseconds.default(15_000),
  GC_LOST_AFTER_MS: zMilliseconds.default(20_000),
  GC_ACCEPT_WITHIN_MS: zMilliseconds.default(5_000),
  GC_DEADLINE_GRACE_MS: zMilliseconds.default(45_000),
  GC_QUEUE_LIMIT_MS: zMilliseconds.default(86_400_000),
  GC_AGEING_MS: zMilliseconds.default(60_000),
  GC_HELP_AFTER_MS: zMilliseconds.default(50),
  GC_TENANT_WEIGHTS: zWeights.default(new Map()),
  GC_CODE_CACHE_BYTES: zInteger({ min: 1, max: 8_589_934_592 }).default(67_108_864),
  GC_DATABASE_CONNECTIONS: zInteger({ min: 1, max: 1_000 }).default(5),
});

const schema = fields.refine(
  (config) =>
    config.GC_HEARTBEAT_MS < config.GC_FENCE_AFTER_MS &&
    config.GC_FENCE_AFTER_MS < config.GC_LOST_AFTER_MS,
  {
    path: ['GC_LOST_AFTER_MS'],
    message: 'must be above GC_FENCE_AFTER_MS, and that above GC_HEARTBEAT_MS',
  },
);

export type Config = Readonly<z.infer<typeof schema>>;

export function readConfig(env: NodeJS.ProcessEnv): Config {
  return parseConfig(schema, env);
}

const migrationSchema = z.object({
  GC_LOG_LEVEL: serviceFields.GC_LOG_LEVEL,
  GC_DATABASE_URL: fields.shape.GC_DATABASE_URL,
});

export function readMigrationConfig(env: NodeJS.ProcessEnv) {
  return parseConfig(migrationSchema, env);
}
