import type { NodeOffer } from '../history/log-row.ts';

/** What the stack's own nodes declare, and most of ours. */
export const smallNode: NodeOffer = {
  slots: 4,
  cpuCount: 2,
  memSize: 1024,
  networkLatency: 50,
  privileged: false,
};

/** The only ones that may run the lambdas that demand something. */
export const largeNode: NodeOffer = {
  slots: 2,
  cpuCount: 4,
  memSize: 2048,
  networkLatency: 10,
  privileged: true,
};

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
