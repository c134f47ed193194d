import { EnergySource as ProtoSource } from '@greencloud/proto/node/v1/node';
import type { NodeView } from '@greencloud/proto/node/v1/node_admin';
import type { EnergySource, Node, NodeAdmin } from '../nodes/node-admin.ts';
import type { NodeAdminClient } from './backends.ts';

export function nodeAdminOf(client: NodeAdminClient): NodeAdmin {
  return {
    async enrol(key, description, signal) {
      return (await client.unary('enrolNode', { key, description }, { signal })).token;
    },
    async list(tenantId, signal) {
      return (await client.unary('listNodes', { tenantId }, { signal })).nodes.map(nodeOf);
    },
    async disable(key, signal) {
      await client.unary('disableNode', { key }, { signal });
    },
    async restore(key, signal) {
      await client.unary('restoreNode', { key }, { signal });
    },
    async drain(key, signal) {
      await client.unary('drainNode', { key }, { signal });
    },
    count: (tenantId, signal) => client.unary('countNodes', { tenantId }, { signal }),
  };
}

function nodeOf({ nodeId, capabilities, lastSeenAt, ...view }: NodeView): Node {
  const { description, available, disabled, draining, running } = view;
  return {
    nodeId,
    description,
    available,
    disabled,
    draining,
    running,
    capabilities: capabilities === undefined ? null : sizeOf(capabilities),
    energy: {
      source: sourceOf(capabilities?.energy?.source),
      carbonIntensity: capabilities?.energy?.carbonIntensity ?? null,
    },
    lastSeenAt: Number(lastSeenAt),
  };
}

function sizeOf(capabilities: NonNullable<NodeView['capabilities']>) {
  const { cpuCount, memSize, networkLatency, privileged, slots } = capabilities;
  return { cpuCount, memSize, networkLatency, privileged, slots };
}

const sources: ReadonlyMap<ProtoSource, EnergySource> = new Map([
  [ProtoSource.ENERGY_SOURCE_RENEWABLE, 'renewable'],
  [ProtoSource.ENERGY_SOURCE_BATTERY, 'battery'],
  [ProtoSource.ENERGY_SOURCE_GRID, 'grid'],
]);

function sourceOf(source: ProtoSource | undefined): EnergySource {
  return (source !== undefined && sources.get(source)) || 'unknown';
}
