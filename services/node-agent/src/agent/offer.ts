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
    slots: slotsOf(config),
    lookahead: config.GC_LOOKAHEAD,
    energySource: config.GC_ENERGY_SOURCE,
    carbonIntensity: config.GC_CARBON_INTENSITY,
    isolation,
    trustedTenants: config.GC_TRUSTED_TENANTS,
    acceptsUntrusted: config.GC_ALLOW_UNSANDBOXED,
  };
}

/** No more than lambdas of the usual size fit into its memory: the others would only wait here. */
export function slotsOf(config: AgentConfig): number {
  const inMemory = Math.floor(config.GC_MEM_SIZE / config.GC_DEFAULT_MEM_SIZE);
  return Math.max(1, Math.min(config.GC_SLOTS, inMemory));
}
