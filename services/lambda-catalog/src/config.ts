import { parseConfig, serviceFields, zInteger, zUrl } from '@greencloud/runtime';
import { z } from 'zod';

const schema = z.object({
  ...serviceFields,
  GC_DATABASE_URL: zUrl('postgres:', 'postgresql:'),
  GC_DATABASE_CONNECTIONS: zInteger({ min: 1, max: 100 }).default(8),
});

const migrationSchema = schema.pick({ GC_DATABASE_URL: true, GC_LOG_LEVEL: true });

export type Config = Readonly<z.infer<typeof schema>>;
export type MigrationConfig = Readonly<z.infer<typeof migrationSchema>>;

type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(env: Environment): Config {
  return parseConfig(schema, env);
}

export function readMigrationConfig(env: Environment): MigrationConfig {
  return parseConfig(migrationSchema, env);
}
