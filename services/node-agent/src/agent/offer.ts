import type { AgentConfig } from '../config.ts';
import type { Isolation } from '../sandbox/launch-place.ts';
import type { NodeOffer } from '../session/messages.ts';

/** What this node declares: its configuration, and the isolation that was found to work. */
export function offerOf(config: AgentConfig, isolation: Isolation['kind']): NodeOffer {
  return {
    cpuCount: config.GC_CPU_COUNT,
    memSizeMib: config.GC_MEM_SIZE,
    networkLatencyMs: config.GC_NETWORK_LATENCY,
    privileged: config.GC_PRIVILEGED,
    slots: config.GC_SLOTS,
    lookahead: config.GC_LOOKAHEAD,
    energySource: config.GC_ENERGY_SOURCE,
    carbonIntensity: config.GC_CARBON_INTENSITY,
    isolation,
    trustedTenants: config.GC_TRUSTED_TENANTS,
    acceptsUntrusted: config.GC_ALLOW_UNSANDBOXED,
  };
}
