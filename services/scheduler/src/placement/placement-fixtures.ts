/** Nodes and demands for tests. */
import { type NodeId, parseNodeId, parseTenantId, type TenantId } from '@greencloud/domain';
import type { NodeOffer } from './node-offer.ts';

export function nodeId(number: number): NodeId {
  return parseNodeId(`00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`);
}

export function tenantId(name: string): TenantId {
  return parseTenantId(name);
}

export function offer(other: Partial<NodeOffer> = {}): NodeOffer {
  return {
    cpuCount: 4,
    memSize: 2_048,
    networkLatency: 10,
    privileged: false,
    slots: 1,
    lookahead: 0,
    energy: { source: 'grid', carbonIntensity: 300 },
    isolation: 'namespace',
    trusts: [],
    ...other,
  };
}

export const noDemand = { cpuCount: 0, memSize: 0, networkLatency: 0, privileged: false } as const;
