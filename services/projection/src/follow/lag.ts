import type { Measurement } from '@greencloud/runtime';

interface Follower {
  position: bigint;
  /** Unix ms: when the views last had everything that the log had. */
  wholeAt: number;
}

/** How far the views of this replica's partitions are behind the log. */
export interface Lag {
  started(partition: number, position: bigint): void;
  applied(partition: number, position: bigint): void;
  stopped(partition: number): void;
  /** The heads of all partitions, asked just now. */
  seen(heads: readonly bigint[]): void;
  positions(): Measurement[];
  milliseconds(): Measurement[];
}

export function createLag(now: () => number = Date.now): Lag {
  const followers = new Map<number, Follower>();
  let heads: readonly bigint[] = [];
  const behind = (partition: number, { position }: Follower) => {
    const head = heads[partition] ?? 0n;
    return head > position ? Number(head - position) : 0;
  };
  const markWhole = (partition: number, follower: Follower) => {
    if (behind(partition, follower) === 0) follower.wholeAt = now();
  };
  const measure = (value: (partition: number, follower: Follower) => number) =>
    [...followers].map(([partition, follower]) => ({
      value: value(partition, follower),
      labels: { partition },
    }));
  return {
    started: (partition, position) => void followers.set(partition, { position, wholeAt: now() }),
    applied(partition, position) {
      const follower = followers.get(partition);
      if (follower === undefined) return;
      follower.position = position;
      markWhole(partition, follower);
    },
    stopped: (partition) => void followers.delete(partition),
    seen(asked) {
      heads = asked;
      for (const [partition, follower] of followers) markWhole(partition, follower);
    },
    positions: () => measure(behind),
    milliseconds: () =>
      measure((partition, follower) =>
        behind(partition, follower) === 0 ? 0 : now() - follower.wholeAt,
      ),
  };
}
