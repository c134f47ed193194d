/** What a node has for tasks: memory in MiB, of which each slot has an equal share. */
export interface Slots {
  readonly memSize: number;
  readonly slots: number;
}

/**
 * How much of a node a task takes that demands so much memory (MiB, 0: none): a slot, or as many as
 * its memory is worth. So what runs there together never needs more memory than the node has. In
 * units of which a slot has `unitsOfSlot`: whole numbers, whose sums are exact.
 */
export function unitsTaken(memSize: number, node: Slots): number {
  return Math.max(unitsOfSlot(node), memSize * node.slots);
}

export function unitsOfSlot({ memSize }: Slots): number {
  return Math.max(1, memSize);
}
