import {
  type Batcher,
  type BatcherOptions,
  createBatcher,
  type Metrics,
} from '@greencloud/runtime';

/** Makes a batcher of one call, and shows how many items wait in it. */
export type Coalescing = <I, O>(call: string, options: BatcherOptions<I, O>) => Batcher<I, O>;

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
