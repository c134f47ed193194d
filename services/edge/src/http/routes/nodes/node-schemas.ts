import { z } from 'zod';
import { zNodeIdOut } from '../ids.ts';
import { zUnixSeconds } from '../unix-time.ts';

const zNodeDescription = z
  .string()
  .regex(/^[\x20-\x7e]{0,80}$/, 'must be at most 80 printable ASCII characters')
  .meta({ examples: ['Solar roof, hall 3'] });

export const zNewNode = z
  .strictObject({ description: zNodeDescription.default('') })
  .meta({ id: 'NewNode' });

export const zNodeToken = z
  .strictObject({
    token: z
      .string()
      .meta({ description: 'What the node logs in with. Keep it: it is told once.' }),
  })
  .meta({ id: 'NodeToken' });

export const zRestoredNode = z
  .strictObject({ hash: zNodeIdOut, disabled: z.literal(false) })
  .meta({ id: 'RestoredNode' });

const zCount = z.int().min(0);

const zNodeCapabilities = z
  .strictObject({
    cpuCount: zCount.meta({ description: 'Cores.' }),
    memSize: zCount.meta({ description: 'MiB.' }),
    networkLatency: zCount.meta({ description: 'ms.' }),
    privileged: z.boolean(),
    slots: zCount.meta({ description: 'How many tasks at once.' }),
  })
  .nullable()
  .meta({ description: 'As the node declared; null: it has never connected.' });

export const zNode = z
  .strictObject({
    hash: zNodeIdOut,
    description: z.string(),
    available: z.boolean().meta({ description: 'Connected, and takes new tasks.' }),
    disabled: z.boolean().meta({ description: 'Its token is refused.' }),
    draining: z.boolean().meta({ description: 'Finishes what it has and takes nothing new.' }),
    running: zCount.meta({ description: 'Tasks that it runs now.' }),
    capabilities: zNodeCapabilities,
    energy: z.strictObject({
      source: z.enum(['renewable', 'battery', 'grid', 'unknown']),
      carbonIntensity: zCount.nullable().meta({ description: 'gCO2e/kWh; null: unknown.' }),
    }),
    lastSeen: zUnixSeconds('When it was last heard of.'),
  })
  .meta({ id: 'Node' });
