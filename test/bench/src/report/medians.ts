import { median } from '@greencloud/testing';

/** The median of each member over several runs. */
export function medians<K extends string>(
  keys: readonly K[],
  runs: readonly Readonly<Record<K, number>>[],
): Record<K, number> {
  const entries = keys.map((key) => [key, median(runs.map((run) => run[key]))] as const);
  return Object.fromEntries(entries) as Record<K, number>;
}
