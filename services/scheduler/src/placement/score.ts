import type { Energy, EnergySource } from './node-offer.ts';

/** What the order of free nodes looks at. */
export interface Scored {
  /** From `carbonRank`. */
  readonly carbon: number;
  readonly busy: number;
  readonly slots: number;
  /** Rises with each task it gets, over all nodes: equal nodes take turns. */
  readonly lastUsed: number;
}

// Above any real intensity (coal is near 1,000): unknown is worse than known, and among the
// unknown the source is the better guess.
const unknownFrom = 1_000_000;
const guess: Record<EnergySource, number> = { renewable: 0, battery: 1, grid: 2, unknown: 3 };

export function carbonRank({ carbonIntensity, source }: Energy): number {
  return carbonIntensity === 'unknown' ? unknownFrom + guess[source] : carbonIntensity;
}

/**
 * Negative when `a` is the better place: with a free slot, then greener, then less loaded, then
 * longer unused.
 */
export function compareNodes(a: Scored, b: Scored): number {
  return (
    Number(a.busy + 1 > a.slots) - Number(b.busy + 1 > b.slots) ||
    a.carbon - b.carbon ||
    a.busy / a.slots - b.busy / b.slots ||
    a.lastUsed - b.lastUsed
  );
}
