import {
  parseConfig,
  serviceFields,
  tlsFields,
  zAddresses,
  zInteger,
  zUrl,
} from '@greencloud/runtime';
import { z } from 'zod';

const rebuildFields = {
  GC_DATABASE_URL: zUrl('postgres:', 'postgresql:'),
  GC_TASK_COMMAND_ADDRESS: zAddresses,
  GC_LOG_LEVEL: serviceFields.GC_LOG_LEVEL,
};

const serviceSchema = z.object({
  ...serviceFields,
  ...rebuildFields,
  GC_NATS_URL: zUrl('nats:', 'tls:'),
  GC_NATS_USER: z.string().optional(),
  GC_NATS_PASSWORD: z.string().optional(),
  GC_DATABASE_CONNECTIONS: zInteger({ min: 2, max: 100 }).default(10),
  GC_MAX_WATCHES: zInteger({ min: 1, max: 100_000 }).default(5_000),
});

const rebuildSchema = z.object({ ...rebuildFields, ...tlsFields });
const migrateSchema = z.object({
  GC_DATABASE_URL: rebuildFields.GC_DATABASE_URL,
  GC_LOG_LEVEL: rebuildFields.GC_LOG_LEVEL,
});

type Environment = Readonly<Record<string, string | undefined>>;

export type Config = ReturnType<typeof readConfig>;

export function readConfig(env: Environment) {
  return parseConfig(serviceSchema, env);
}

export function readRebuildConfig(env: Environment) {
  return parseConfig(rebuildSchema, env);
}

export function readMigrationConfig(env: Environment) {
  return parseConfig(migrateSchema, env);
}
