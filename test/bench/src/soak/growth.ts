import { median } from '@greencloud/testing';

/** One look at one process. */
export type Sample = {
  readonly minute: number;
  readonly rssMb: number;
  readonly treeRssMb: number;
};

export type MemoryGrowth = {
  readonly startMb: number;
  readonly middleMb: number;
  readonly endMb: number;
  readonly mostMb: number;
  /** MB an hour, by least squares over the second half: caches fill in the first. */
  readonly mbPerHour: number;
};

/** A tenth of the samples at each end and in the middle: one look may fall before a collection. */
export function growthOf(samples: readonly Sample[]): MemoryGrowth {
  const rss = samples.map(({ rssMb }) => rssMb);
  const few = Math.max(1, Math.floor(rss.length / 10));
  const middle = Math.floor((rss.length - few) / 2);
  return {
    startMb: median(rss.slice(0, few)),
    middleMb: median(rss.slice(middle, middle + few)),
    endMb: median(rss.slice(-few)),
    mostMb: Math.max(...rss),
    mbPerHour: slope(samples.slice(Math.floor(samples.length / 2))) * 60,
  };
}

/** MB a minute. */
function slope(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const minute = mean((sample) => sample.minute);
  const rss = mean((sample) => sample.rssMb);
  const covariance = mean((sample) => (sample.minute - minute) * (sample.rssMb - rss));
  const variance = mean((sample) => (sample.minute - minute) ** 2);
  return variance === 0 ? 0 : covariance / variance;
}
