import { parseConfig, serviceFields, zInteger, zUrl } from '@greencloud/runtime';
import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

const migrationSchema = z.object({
  GC_LOG_LEVEL: serviceFields.GC_LOG_LEVEL,
  GC_DATABASE_URL: zUrl('postgres:', 'postgresql:'),
  GC_PARTITIONS: zInteger({ min: 1, max: 1_024 }).default(4),
});

const verifySchema = migrationSchema.pick({ GC_LOG_LEVEL: true, GC_DATABASE_URL: true });

const mebibyte = 1024 * 1024;

const schema = z.object({
  ...serviceFields,
  GC_DATABASE_URL: migrationSchema.shape.GC_DATABASE_URL,
  GC_DATABASE_CONNECTIONS: zInteger({ min: 4, max: 1_000 }).default(10),
  GC_NATS_URL: zUrl('nats:', 'tls:'),
  GC_NATS_USER: z.string().optional(),
  GC_NATS_PASSWORD: z.string().optional(),
  GC_STREAM_REPLICAS: zInteger({ min: 1, max: 5 }).default(1),
  GC_STREAM_MAX_BYTES: zInteger({ min: mebibyte, max: 2 ** 40 }).default(64 * mebibyte),
  GC_MAX_WAITING: zInteger({ min: 1, max: 1_000_000 }).default(4_096),
  GC_MAX_WAITING_BYTES: zInteger({ min: mebibyte, max: 2 ** 33 }).default(64 * mebibyte),
  GC_APPEND_LANES: zInteger({ min: 1, max: 1_024 }).default(1),
  GC_CACHED_TASKS: zInteger({ min: 1, max: 10_000_000 }).default(50_000),
});

export function readConfig(env: Environment) {
  return parseConfig(schema, env);
}

export function readMigrationConfig(env: Environment) {
  return parseConfig(migrationSchema, env);
}

export function readVerifyConfig(env: Environment) {
  return parseConfig(verifySchema, env);
}
