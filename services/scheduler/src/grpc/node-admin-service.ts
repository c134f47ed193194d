import { DomainError, parseNodeId, parseTaskId, parseTenantId } from '@greencloud/domain';
import { type GrpcService, type ImplementationOf, service } from '@greencloud/grpc';
import {
  NodeAdminServiceService,
  type NodeKey as ProtoKey,
  type NodeView as ProtoView,
} from '@greencloud/proto/node/v1/node_admin';
import type { NodeAdmin, NodeView } from '../admin/node-admin.ts';
import type { NodeKey } from '../store/node-key.ts';
import { adminCallers } from './callers.ts';
import { offerToProto } from './node-offer.ts';

export function nodeAdminService(admin: NodeAdmin): GrpcService {
  const handlers: ImplementationOf<NodeAdminServiceService> = {
    enrolNode: async ({ key, description }) => ({
      token: await admin.enrol(keyOf(key), description),
    }),
    listNodes: async ({ tenantId }) => {
      const nodes = await admin.list(parseTenantId(tenantId));
      return { nodes: nodes.map(viewToProto) };
    },
    disableNode: async ({ key }) => {
      await admin.disable(keyOf(key));
      return {};
    },
    restoreNode: async ({ key }) => {
      await admin.restore(keyOf(key));
      return {};
    },
    drainNode: async ({ key }) => {
      await admin.drain(keyOf(key));
      return {};
    },
    countNodes: async ({ tenantId }) => await admin.count(parseTenantId(tenantId)),
    explainWaiting: async ({ tenantId, taskId }) => ({
      reasons: await admin.explain(parseTenantId(tenantId), parseTaskId(taskId)),
    }),
  };
  return service(NodeAdminServiceService, handlers, adminCallers);
}

function keyOf(key: ProtoKey | undefined): NodeKey {
  if (key === undefined) throw new DomainError('VALIDATION_FAILED', 'The key is missing');
  return { tenantId: parseTenantId(key.tenantId), nodeId: parseNodeId(key.nodeId) };
}

function viewToProto(node: NodeView): ProtoView {
  const { nodeId, description, standing, presence, offer, running, lastSeenAt } = node;
  return {
    nodeId,
    description,
    available: presence === 'connected' && standing === 'enabled',
    disabled: standing === 'disabled',
    draining: standing === 'draining',
    running,
    lastSeenAt: BigInt(lastSeenAt),
    ...(offer === undefined ? {} : { capabilities: offerToProto(offer) }),
  };
}
