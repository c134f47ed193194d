import { DomainError } from '@greencloud/domain';
import { type GrpcService, service } from '@greencloud/grpc';
import { EnergySource, Isolation } from '@greencloud/proto/node/v1/node';
import {
  NodeAdminServiceService,
  type NodeKey,
  type NodeView,
} from '@greencloud/proto/node/v1/node_admin';

type Owned = NodeView & { tenantId: string };

const capabilities = {
  cpuCount: 4,
  memSize: 2_048,
  networkLatency: 5,
  privileged: false,
  slots: 2,
  energy: { source: EnergySource.ENERGY_SOURCE_RENEWABLE, carbonIntensity: 12 },
  isolation: Isolation.ISOLATION_NAMESPACE,
  trustedTenants: [],
  acceptsUntrusted: false,
};

type Nodes = Map<string, Owned>;

/** NodeAdminService in memory. A node with the description "connected" has been there once. */
export function fakeScheduler(): GrpcService[] {
  const nodes: Nodes = new Map();
  const admin = service(NodeAdminServiceService, {
    async enrolNode({ key, description }) {
      const { tenantId, nodeId } = key as NodeKey;
      if ((nodes.get(nodeId)?.tenantId ?? tenantId) !== tenantId) {
        throw new DomainError('NODE_ALREADY_ENROLLED', 'This hash is taken');
      }
      nodes.set(nodeId, enrolled(tenantId, nodeId, description));
      return { token: `secret-of-${nodeId}` };
    },
    async listNodes({ tenantId }) {
      return { nodes: [...nodes.values()].filter((node) => node.tenantId === tenantId) };
    },
    async disableNode({ key }) {
      find(nodes, key).disabled = true;
      return {};
    },
    async restoreNode({ key }) {
      find(nodes, key).disabled = false;
      return {};
    },
    async drainNode({ key }) {
      find(nodes, key).draining = true;
      return {};
    },
    async countNodes() {
      return { active: 3, free: 2, busy: 1 };
    },
    explainWaiting: () =>
      Promise.reject(new DomainError('INTERNAL', 'the edge must not call this')),
  });
  return [admin];
}

function enrolled(tenantId: string, nodeId: string, description: string): Owned {
  const connected = description === 'connected';
  return {
    tenantId,
    nodeId,
    description,
    available: connected,
    disabled: false,
    draining: false,
    running: 0,
    lastSeenAt: connected ? 1_678_087_212_345n : 0n,
    ...(connected ? { capabilities } : {}),
  };
}

function find(nodes: Nodes, key: NodeKey | undefined): Owned {
  const node = nodes.get(key?.nodeId ?? '');
  if (node === undefined || node.tenantId !== key?.tenantId) {
    throw new DomainError('NODE_NOT_FOUND', `No node ${key?.nodeId}`);
  }
  return node;
}
