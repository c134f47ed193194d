const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;

/**
 * The partition of a stream, 0 .. partitions - 1: FNV-1a (32 bit) of the key, modulo.
 * Frozen: a log that exists was written with it.
 */
export function partitionOf(key: string, partitions: number): number {
  let hash = fnvOffset;
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), fnvPrime);
  }
  return (hash >>> 0) % partitions;
}
