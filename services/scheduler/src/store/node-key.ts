import type { NodeId, TenantId } from '@greencloud/domain';

/** A node as its owner names it: another tenant's is a missing one. */
export interface NodeKey {
  readonly tenantId: TenantId;
  readonly nodeId: NodeId;
}
