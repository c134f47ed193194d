import { resolve } from 'node:path';
import { parseConfig, zInteger, zUrl } from '@greencloud/runtime';
import { z } from 'zod';

/** What `npm start` obeys; contract: PORT, GC_DATA_DIR, GC_NODES, GC_PARTITIONS, two URLs. */
export type LocalConfig = {
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  readonly nodes: number;
  readonly partitions: number;
  /** A Postgres and a NATS of the user's own, in place of the embedded ones. */
  readonly databaseUrl: string | undefined;
  readonly natsUrl: string | undefined;
  /** PATH and its like, and every GC_ variable: what the services may see of our environment. */
  readonly passed: Readonly<Record<string, string>>;
};

/** Of `GC_PARTITIONS`. */
export const MOST_PARTITIONS = 256;

const schema = z.object({
  PORT: zInteger({ min: 1, max: 65_535 }).default(8080),
  GC_DATA_DIR: z.string().default('.local'),
  GC_NODES: zInteger({ min: 0, max: 64 }).default(2),
  GC_PARTITIONS: zInteger({ min: 1, max: MOST_PARTITIONS }).default(4),
  DATABASE_URL: zUrl('postgres:', 'postgresql:').optional(),
  NATS_URL: zUrl('nats:', 'tls:').optional(),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws one error that names every bad variable. */
export function readConfig(env: Environment): LocalConfig {
  const read = parseConfig(schema, env);
  return {
    port: read.PORT,
    dataDir: resolve(read.GC_DATA_DIR),
    nodes: read.GC_NODES,
    partitions: read.GC_PARTITIONS,
    databaseUrl: read.DATABASE_URL,
    natsUrl: read.NATS_URL,
    passed: passedOn(env),
  };
}

const SYSTEM_VARIABLES = new Set(['PATH', 'HOME', 'TMPDIR', 'XDG_CACHE_HOME', 'TZ']);

// New objects live in 3 x 12 MiB instead of 3 x 32: at full load a service stays below 250 MB (206
// to 245 instead of 270 to 360) for the same CPU, and an edge beside rude clients below 300; at 8
// MiB collecting costs 15 % more. Old objects: where the limit is 4 GiB Node lets a heap of 30 MB grow to
// 120 before it looks at it; a million waiting tasks fit into one.
const NODE_FLAGS = '--max-semi-space-size=12 --max-old-space-size=1024';

/** Nothing else: a shell's environment is full of secrets that no service needs. */
function passedOn(env: Environment): Record<string, string> {
  const passed = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (SYSTEM_VARIABLES.has(entry[0]) || entry[0].startsWith('GC_')),
  );
  // Node obeys the last one of a flag: the user's own.
  const flags = [NODE_FLAGS, env['NODE_OPTIONS'] ?? ''].join(' ').trim();
  return { ...Object.fromEntries(passed), NODE_OPTIONS: flags };
}
