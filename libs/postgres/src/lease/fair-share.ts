/**
 * How many of the partitions a replica should hold: they differ by one at most, and the first in
 * the order of their ids have the one more, so that all replicas find the same shares.
 */
export function fairShare(partitions: number, replicas: readonly string[], self: string): number {
  const rank = replicas.indexOf(self);
  if (rank === -1) return 0;
  const extra = rank < partitions % replicas.length ? 1 : 0;
  return Math.floor(partitions / replicas.length) + extra;
}
