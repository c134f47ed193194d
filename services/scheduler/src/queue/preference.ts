import { createHash } from 'node:crypto';
import type { Preference } from './shared-queue.ts';

/**
 * Rendezvous hashing: each partition belongs to the replica with the highest hash for it, so all
 * replicas agree without a word, and one that goes takes only its own partitions with it.
 */
export function preferenceOf(
  me: string,
  replicas: readonly string[],
): (partition: number) => Preference {
  const owners = new Map<number, string>();
  return (partition) => {
    const owner = owners.get(partition) ?? ownerOf(partition, replicas);
    if (owner !== undefined) owners.set(partition, owner);
    return owner === undefined || owner === me ? 'mine' : 'theirs';
  };
}

function ownerOf(partition: number, replicas: readonly string[]): string | undefined {
  let owner: string | undefined;
  let highest = -1;
  for (const replica of replicas.toSorted()) {
    const score = createHash('sha256').update(`${partition}/${replica}`).digest().readUInt32BE();
    if (score <= highest) continue;
    owner = replica;
    highest = score;
  }
  return owner;
}
