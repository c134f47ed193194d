/** The value below which `share` (0..1) of the numbers lie. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1);
  return sorted[Math.max(0, index)] ?? Number.NaN;
}

export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** In whole tenths. */
export function summaryOf(numbers: readonly number[]): Summary {
  const of = (share: number) => Math.round(percentile(numbers, share) * 10) / 10;
  return { count: numbers.length, p50: of(0.5), p99: of(0.99), max: of(1) };
}
