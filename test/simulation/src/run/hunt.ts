import type { Plant } from '../plants/plant.ts';
import type { SeedReport } from './seed-report.ts';
import { spread } from './spread.ts';

export interface Catch {
  readonly plant: Plant;
  /** The run that found it; undefined: none did. */
  readonly found: SeedReport | undefined;
}

export interface HuntOptions {
  readonly plant: Plant;
  /** Seeds 1 to this one. */
  readonly most: number;
  readonly workers?: number | undefined;
}

/** Runs seeds with a planted fault until one of them finds it. */
export async function hunt({ plant, most, workers }: HuntOptions): Promise<Catch> {
  let found: SeedReport | undefined;
  await spread({
    seeds: Array.from({ length: most }, (_, index) => index + 1),
    plant,
    workers,
    onReport(report) {
      if (report.violations.length > 0) found ??= report;
      return found === undefined ? 'go on' : 'enough';
    },
  });
  return { plant, found };
}

/** A line of the table: the planted fault, the invariant that caught it, and the seed. */
export function describeCatch({ plant, found }: Catch): string {
  const [first] = found?.violations ?? [];
  const caught = first === undefined ? 'NOT FOUND' : first.invariant;
  return `| ${plant.name} | ${caught} | ${found?.seed ?? ''} |`;
}
