import { expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { offerOf } from './offer.ts';

function slotsWith(env: Record<string, string>): number {
  const least = {
    GC_SCHEDULER_ADDRESS: '127.0.0.1:4000',
    GC_NODE_ID: '1a061cfd-df01-4b02-a067-5122c5941e15',
    GC_NODE_TOKEN: 'secret-token',
  };
  return offerOf(readConfig({ ...least, ...env }), 'namespace').slots;
}

it.each([
  ['as many slots as wanted', '4', '2048', '128', 4],
  ['no more than fit into its memory', '8', '512', '128', 4],
  ['one at least, for lambdas that name a smaller size', '8', '64', '128', 1],
])('a node offers %s', (_, slots, memory, each, expected) => {
  const env = { GC_SLOTS: slots, GC_MEM_SIZE: memory, GC_DEFAULT_MEM_SIZE: each };
  expect(slotsWith(env)).toBe(expected);
});
