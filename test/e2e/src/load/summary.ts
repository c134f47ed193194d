import { quantile } from '@greencloud/testing';

export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** In whole tenths. */
export function summaryOf(numbers: readonly number[]): Summary {
  const of = (share: number) => Math.round(quantile(numbers, share) * 10) / 10;
  return { count: numbers.length, p50: of(0.5), p99: of(0.99), max: of(1) };
}
