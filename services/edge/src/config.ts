import {
  parseConfig,
  serviceFields,
  tlsFields,
  zAddress,
  zAddresses,
  zInteger,
  zList,
  zMilliseconds,
} from '@greencloud/runtime';
import { z } from 'zod';

const { GC_ADMIN_ADDRESS, GC_LOG_LEVEL, GC_REPLICA } = serviceFields;

const zAlgorithms = zList.pipe(
  z
    .array(z.enum(['RS256', 'ES256', 'EdDSA'], 'must be of RS256, ES256 and EdDSA'))
    .min(1, 'must name at least one algorithm'),
);

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

const schema = z.object({
  GC_ADMIN_ADDRESS,
  GC_LOG_LEVEL,
  GC_REPLICA,
  ...tlsFields,
  GC_HTTP_ADDRESS: zAddress.default('127.0.0.1:8080'),
  GC_TASK_COMMAND_ADDRESS: zAddresses,
  GC_PROJECTION_ADDRESS: zAddresses,
  GC_SCHEDULER_ADDRESS: zAddresses,
  GC_LAMBDA_CATALOG_ADDRESS: zAddresses,
  GC_TOKEN_ISSUER: z.string(),
  GC_TOKEN_AUDIENCE: z.string(),
  GC_TOKEN_ALGORITHMS: zAlgorithms.prefault('ES256,EdDSA,RS256'),
  GC_JWKS: z
    .string()
    .refine(isKeyLocation, 'must be a path or an https URL (http on loopback only)'),
  GC_CORS_ORIGINS: zList.prefault(''),
  GC_MAX_CONNECTIONS: zInteger({ min: 1, max: 1_000_000 }).default(10_000),
  GC_MAX_STREAMS: zInteger({ min: 1, max: 100_000 }).default(2_000),
  GC_MAX_TENANT_STREAMS: zInteger({ min: 1, max: 100_000 }).default(500),
  GC_MAX_TENANT_RATE: zInteger({ min: 1, max: 10_000_000 }).default(10_000),
  GC_MAX_WAITING_TASKS: zInteger({ min: 1, max: 1_000_000_000 }).default(1_000_000),
  GC_MAX_BODY_MEMORY: zInteger({ min: 2 ** 21, max: 2 ** 33 }).default(64 * 1024 * 1024),
  GC_REQUEST_TIMEOUT_MS: zMilliseconds.default(30_000),
  GC_KEEP_ALIVE_MS: zMilliseconds.default(65_000),
  // Within the 8 s that a service has to stop.
  GC_DRAIN_LIMIT_MS: zInteger({ min: 0, max: 7_000 }).default(5_000),
});

export type Config = Readonly<z.infer<typeof schema>>;

/** Throws one error that names every bad variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  return parseConfig(schema, env);
}

// Keys that come over plain http are whoever's is on the way.
function isKeyLocation(location: string): boolean {
  if (!/^[a-z]+:\/\//i.test(location)) return true;
  if (!URL.canParse(location)) return false;
  const { protocol, hostname } = new URL(location);
  return protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname));
}
