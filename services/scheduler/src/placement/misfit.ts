import type { Capabilities, TenantId } from '@greencloud/domain';
import type { NodeKind } from './node-kind.ts';

/** Why no node of a kind may run a task, in the words that its owner is told. */
export type Misfit =
  | 'cpuCount too small'
  | 'memSize too small'
  | 'networkLatency too high'
  | 'not privileged'
  | 'tenant not trusted';

/** The first reason against it; undefined when tasks of this demand and tenant fit. 0 demands nothing. */
export function misfitOf(
  kind: NodeKind,
  demand: Capabilities,
  tenantId: TenantId,
): Misfit | undefined {
  if (demand.cpuCount > kind.cpuCount) return 'cpuCount too small';
  if (demand.memSize > kind.memSize) return 'memSize too small';
  if (demand.networkLatency > 0 && kind.networkLatency > demand.networkLatency) {
    return 'networkLatency too high';
  }
  if (demand.privileged && !kind.privileged) return 'not privileged';
  if (kind.trusts !== 'anyone' && !kind.trusts.has(tenantId)) return 'tenant not trusted';
  return undefined;
}
