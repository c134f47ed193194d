import { z } from 'zod';

export const zNodeDescription = z
  .string()
  .regex(/^[\x20-\x7e]{0,80}$/, 'must be at most 80 printable ASCII characters');

export const zNode = z.strictObject({
  hash: z.string(),
  description: z.string(),
  available: z.boolean(),
  disabled: z.boolean(),
  draining: z.boolean(),
  running: z.int(),
  capabilities: z
    .strictObject({
      cpuCount: z.int(),
      memSize: z.int(),
      networkLatency: z.int(),
      privileged: z.boolean(),
      slots: z.int(),
    })
    .nullable(),
  energy: z.strictObject({
    source: z.enum(['renewable', 'battery', 'grid', 'unknown']),
    carbonIntensity: z.int().nullable(),
  }),
  lastSeen: z.string(),
});
