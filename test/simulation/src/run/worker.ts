import process from 'node:process';
import { nothingPlanted } from '../plants/plant.ts';
import { plants } from '../plants/plants.ts';
import { simulate } from '../simulate.ts';
import { type SeedReport, reportOf } from './seed-report.ts';

/** The orders of a worker; it answers a report for each seed, and ends when its parent does. */
export interface Order {
  readonly seed: number;
  readonly plant: string | undefined;
}

// Product code makes errors by the thousand here, and nobody reads their stacks.
Error.stackTraceLimit = 0;

process.on('message', (order: Order) => {
  void run(order).then((report) => process.send?.(report));
});
// Signals go to the whole group: the parent lets this seed end.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());

async function run({ seed, plant: name }: Order): Promise<SeedReport> {
  const plant = plants.find((each) => each.name === name) ?? nothingPlanted;
  return reportOf(await simulate({ seed, plant }));
}
