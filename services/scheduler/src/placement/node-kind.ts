import type { TenantId } from '@greencloud/domain';
import type { NodeOffer } from './node-offer.ts';

/** What placement knows of a node's fitness. Nodes of one kind fit the same tasks. */
export interface NodeKind {
  readonly key: string;
  readonly cpuCount: number;
  readonly memSize: number;
  readonly networkLatency: number;
  readonly privileged: boolean;
  readonly trusts: 'anyone' | ReadonlySet<TenantId>;
}

// The most that a lambda can demand. Up to here sizes count exactly, above they are rounded down
// to a power of two: 5,000 machines with 5,000 odd memory sizes are then a handful of kinds.
const mostCpu = 4;
const mostMemory = 2_048;

export function kindOf(offer: NodeOffer): NodeKind {
  const cpuCount = coarse(offer.cpuCount, mostCpu);
  const memSize = coarse(offer.memSize, mostMemory);
  const { networkLatency, privileged } = offer;
  const trusts = trustOf(offer);
  const trustKey = trusts === 'anyone' ? '*' : [...trusts].toSorted().join(',');
  const key = `${cpuCount}/${memSize}/${networkLatency}/${privileged}/${trustKey}`;
  return { key, cpuCount, memSize, networkLatency, privileged, trusts };
}

function coarse(size: number, exactUpTo: number): number {
  return size <= exactUpTo ? size : 2 ** Math.floor(Math.log2(size));
}

function trustOf({ isolation, trusts }: NodeOffer): NodeKind['trusts'] {
  if (isolation === 'namespace' || trusts === 'anyone') return 'anyone';
  return new Set(trusts);
}
