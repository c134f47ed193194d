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
 * call goes past one that takes long. With 64 callers and each hundredth call taking 500 ms the
 * p99 falls from 504 to 30 ms. Four at once from the beginning would make batches of 9 instead of
 * 32 and cost 31 % more CPU for each read, edge and projection together.
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
