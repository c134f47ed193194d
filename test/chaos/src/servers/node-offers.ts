import type { NodeOffer } from '../history/log-row.ts';

const common = { cpuCount: 4, networkLatency: 10 };

/** What the stack's own nodes declare, and most of ours. */
export const smallNode: NodeOffer = { ...common, slots: 4, memSize: 1024, privileged: false };

/** The only ones that may run the lambda `large`. */
export const largeNode: NodeOffer = { ...common, slots: 2, memSize: 2048, privileged: true };

/** A little more than its slots is assigned to a node ahead, so that there is something to lose. */
export function agentEnv(offer: NodeOffer): Record<string, string> {
  return {
    GC_SLOTS: String(offer.slots),
    GC_LOOKAHEAD: String(2 * offer.slots),
    GC_CPU_COUNT: String(offer.cpuCount),
    GC_MEM_SIZE: String(offer.memSize),
    GC_NETWORK_LATENCY: String(offer.networkLatency),
    GC_PRIVILEGED: String(offer.privileged),
  };
}
