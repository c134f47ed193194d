import type { TaskIssued } from '@greencloud/domain';
import type { NodePlan } from '../processes/topology.ts';

/** Why a node may not run a task, by the contract's words; undefined when it may. */
export function misfitOf(
  { capabilities, tenantId }: TaskIssued,
  { offer }: NodePlan,
): string | undefined {
  const { cpuCount, memSize, networkLatency, privileged } = capabilities;
  if (cpuCount > offer.cpuCount) return 'too few CPUs';
  if (memSize > offer.memSizeMib) return 'too little memory';
  if (networkLatency > 0 && offer.networkLatencyMs > networkLatency) return 'too far away';
  if (privileged && !offer.privileged) return 'not privileged';
  const isTrusted =
    offer.isolation === 'namespace' ||
    offer.acceptsUntrusted ||
    offer.trustedTenants.includes(tenantId);
  return isTrusted ? undefined : 'not trusted';
}
