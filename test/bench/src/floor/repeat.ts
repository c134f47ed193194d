import { quantile } from '@greencloud/testing';

export type Rate = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

export type RepeatOptions = { readonly seconds: number; readonly callers: number };

/** Repeats an act for some seconds, each caller one after the other. */
export async function repeat(
  { seconds, callers }: RepeatOptions,
  act: () => Promise<unknown>,
): Promise<Rate> {
  const latenciesMs: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  const caller = async () => {
    while (performance.now() < end) {
      const begun = performance.now();
      await act();
      latenciesMs.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return {
    perSecond: latenciesMs.length / ((performance.now() - start) / 1000),
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  };
}
