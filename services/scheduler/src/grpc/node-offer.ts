import { DomainError, parseTenantId } from '@greencloud/domain';
import {
  EnergySource as ProtoSource,
  Isolation as ProtoIsolation,
  type NodeCapabilities,
} from '@greencloud/proto/node/v1/node';
import type { EnergySource, NodeOffer, Trust } from '../placement/node-offer.ts';

const protoOfSource: Record<EnergySource, ProtoSource> = {
  renewable: ProtoSource.ENERGY_SOURCE_RENEWABLE,
  battery: ProtoSource.ENERGY_SOURCE_BATTERY,
  grid: ProtoSource.ENERGY_SOURCE_GRID,
  unknown: ProtoSource.ENERGY_SOURCE_UNSPECIFIED,
};
const sources = Object.keys(protoOfSource) as EnergySource[];

const mostSlots = 1_024;
const mostTenants = 1_000;

/** Throws VALIDATION_FAILED. */
export function offerFromProto(capabilities: NodeCapabilities | undefined): NodeOffer {
  if (capabilities === undefined) throw invalid('The node declares no capabilities');
  const { cpuCount, memSize, networkLatency, privileged, slots, energy } = capabilities;
  if (slots > mostSlots) throw invalid(`A node has at most ${mostSlots} slots`);
  const lookahead = Math.min(capabilities.lookahead ?? 0, mostSlots);
  return {
    cpuCount,
    memSize,
    networkLatency,
    privileged,
    slots,
    lookahead,
    energy: {
      source: sources.find((source) => protoOfSource[source] === energy?.source) ?? 'unknown',
      carbonIntensity: energy?.carbonIntensity ?? 'unknown',
    },
    isolation:
      capabilities.isolation === ProtoIsolation.ISOLATION_NAMESPACE ? 'namespace' : 'process',
    trusts: trustFromProto(capabilities),
  };
}

export function offerToProto(offer: NodeOffer): NodeCapabilities {
  const { cpuCount, memSize, networkLatency, privileged, slots, lookahead, energy, trusts } = offer;
  const { source, carbonIntensity } = energy;
  return {
    cpuCount,
    memSize,
    networkLatency,
    privileged,
    slots,
    lookahead,
    energy: {
      source: protoOfSource[source],
      ...(carbonIntensity === 'unknown' ? {} : { carbonIntensity }),
    },
    isolation:
      offer.isolation === 'namespace'
        ? ProtoIsolation.ISOLATION_NAMESPACE
        : ProtoIsolation.ISOLATION_PROCESS,
    trustedTenants: trusts === 'anyone' ? [] : [...trusts],
    acceptsUntrusted: trusts === 'anyone',
  };
}

function trustFromProto({ acceptsUntrusted, trustedTenants }: NodeCapabilities): Trust {
  if (acceptsUntrusted) return 'anyone';
  if (trustedTenants.length > mostTenants) {
    throw invalid(`A node trusts at most ${mostTenants} tenants`);
  }
  return trustedTenants.map((tenantId) => parseTenantId(tenantId));
}

function invalid(message: string): DomainError {
  return new DomainError('VALIDATION_FAILED', message);
}
