import { availableParallelism, totalmem } from 'node:os';
import { parseNodeId } from '@greencloud/domain';
import {
  areLoopback,
  parseConfig,
  serviceFields,
  zAddresses,
  zBoolean,
  zInteger,
  zList,
  zMilliseconds,
} from '@greencloud/runtime';
import { z } from 'zod';

const cores = availableParallelism();
// 0 where the limit cannot be known, as in a container without /sys.
const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
// A quarter is left for Node itself: 45 MiB beside the 128 of a lambda, and the agent.
const memoryMib = Math.floor((0.75 * Math.min(totalmem(), limit)) / 1_048_576);

const schema = z
  .object({
    GC_ADMIN_ADDRESS: serviceFields.GC_ADMIN_ADDRESS,
    GC_LOG_LEVEL: serviceFields.GC_LOG_LEVEL,
    GC_REPLICA: serviceFields.GC_REPLICA,
    GC_SCHEDULER_ADDRESS: zAddresses,
    GC_CA_FILE: z.string().min(1).optional(),
    GC_ALLOW_PLAINTEXT: zBoolean.default(false),
    GC_NODE_ID: z.uuid('must be a UUID').transform((text) => parseNodeId(text)),
    GC_NODE_TOKEN: z.string().min(1).optional(),
    GC_NODE_TOKEN_FILE: z.string().min(1).optional(),
    GC_SLOTS: zInteger({ min: 1, max: 1_024 }).default(2 * cores),
    GC_LOOKAHEAD: zInteger({ min: 0, max: 1_024 }).default(64),
    GC_CPU_COUNT: zInteger({ min: 1, max: 1_024 }).default(cores),
    GC_MEM_SIZE: zInteger({ min: 64, max: 16_777_216 }).default(Math.max(64, memoryMib)),
    GC_NETWORK_LATENCY: zInteger({ min: 0, max: 60_000 }).default(100),
    GC_PRIVILEGED: zBoolean.default(false),
    GC_ENERGY_SOURCE: z.enum(['renewable', 'battery', 'grid', 'unknown']).default('unknown'),
    GC_CARBON_INTENSITY: zInteger({ min: 0, max: 10_000 }).optional(),
    GC_TRUSTED_TENANTS: zList.default([]),
    GC_ALLOW_UNSANDBOXED: zBoolean.default(false),
    GC_BWRAP: z.string().optional(),
    PATH: z.string().default(''),
    GC_DEFAULT_MEM_SIZE: zInteger({ min: 32, max: 2_048 }).default(128),
    GC_SPARE_SANDBOXES: zInteger({ min: 0, max: 64 }).default(1),
    GC_LOAD_LIMIT_MS: zMilliseconds.default(10_000),
    GC_IDLE_MS: zMilliseconds.default(60_000),
    GC_CODE_CACHE_MIB: zInteger({ min: 1, max: 4_096 }).default(64),
    GC_DRAIN_MS: zMilliseconds.default(30_000),
  })
  .refine(
    (given) => (given.GC_NODE_TOKEN === undefined) !== (given.GC_NODE_TOKEN_FILE === undefined),
    { path: ['GC_NODE_TOKEN'], message: 'give it, or GC_NODE_TOKEN_FILE, and not both' },
  )
  .refine(
    (given) =>
      given.GC_CA_FILE !== undefined ||
      given.GC_ALLOW_PLAINTEXT ||
      areLoopback(given.GC_SCHEDULER_ADDRESS),
    {
      path: ['GC_CA_FILE'],
      message:
        'give it: without it the token would leave this machine in clear text (or say GC_ALLOW_PLAINTEXT=true)',
    },
  );

export type AgentConfig = ReturnType<typeof readConfig>;

/** Throws one error that names every bad variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>) {
  return parseConfig(schema, env);
}
