import type { Metrics } from '@greencloud/runtime';

/** Nobody scrapes a simulation. */
export const noMetrics: Metrics = {
  counter: () => ({ add: () => undefined }),
  gauge: () => undefined,
  histogram: () => ({ record: () => undefined }),
  scrape: async () => '',
};
