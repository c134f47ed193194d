import {
  type Batcher,
  type BatcherOptions,
  createBatcher,
  type Metrics,
} from '@greencloud/runtime';

/** Makes a batcher of one call, and shows how many items wait in it. */
export type Coalescing = <I, O>(call: string, options: BatcherOptions<I, O>) => Batcher<I, O>;

/**
 * For reads: one task that is slowly folded from the log must not hold up all others, so a further
 * call goes past one that takes longer than reads do. Not four at once from the beginning: batches
 * would be smaller, and each read cost more.
 */
export const readLanes = { concurrency: 4, patienceMs: 25 } as const;

export function createCoalescing(metrics: Metrics): Coalescing {
  const batchers = new Map<string, { readonly waiting: number }>();
  metrics.gauge('calls_waiting', 'Items that wait for the next coalesced call', () =>
    [...batchers].map(([call, { waiting }]) => ({ value: waiting, labels: { call } })),
  );
  return (call, options) => {
    const batcher = createBatcher(options);
    batchers.set(call, batcher);
    return batcher;
  };
}
