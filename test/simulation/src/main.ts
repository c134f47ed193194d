import process from 'node:process';
import { type Options, readOptions, usage } from './options.ts';
import { plants } from './plants/plants.ts';
import { describeCatch, hunt } from './run/hunt.ts';
import { reportOf } from './run/seed-report.ts';
import { spread } from './run/spread.ts';
import { describeFailure, Summary } from './run/summary.ts';
import { simulate } from './simulate.ts';

type Verdict = 'all well' | 'failed';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const mostSeedsOfAPlant = 300;

try {
  const options = readOptions(process.argv.slice(2));
  const verdict = options.what === 'plants' ? await huntPlants(options) : await runSeeds(options);
  if (verdict === 'failed') process.exitCode = 1;
} catch (error) {
  print(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}

async function runSeeds(options: Options): Promise<Verdict> {
  const summary = options.seeds === 1 ? await runOne(options) : await runMany(options);
  for (const line of summary.lines()) print(line);
  return summary.failed.length > 0 ? 'failed' : 'all well';
}

/** In this process, so that its trace can be read. */
async function runOne({ seed, detail, plant }: Options): Promise<Summary> {
  const summary = new Summary();
  const report = reportOf(await simulate({ seed, detail, print, ...(plant && { plant }) }));
  summary.add(report);
  for (const { invariant, detail: why } of report.violations)
    print(`VIOLATED ${invariant}: ${why}`);
  print(`seed ${seed}: trace ${report.hash}`);
  return summary;
}

/** A signal ends it after the seeds that run now, with the summary of all that were run. */
async function runMany({ seed, seeds, plant, workers }: Options): Promise<Summary> {
  const summary = new Summary();
  let next: 'go on' | 'enough' = 'go on';
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (next = 'enough'));
  const all = Array.from({ length: seeds }, (_, index) => seed + index);
  await spread({
    seeds: all,
    plant,
    workers,
    onReport(report) {
      summary.add(report);
      if (report.violations.length > 0) print(describeFailure(report));
      return next;
    },
  });
  return summary;
}

async function huntPlants({ plant, workers }: Options): Promise<Verdict> {
  let verdict: Verdict = 'all well';
  print('| planted fault | caught by | seed |\n|---|---|---|');
  for (const each of plant === undefined ? plants : [plant]) {
    const caught = await hunt({ plant: each, most: mostSeedsOfAPlant, workers });
    if (caught.found === undefined) verdict = 'failed';
    print(describeCatch(caught));
  }
  return verdict;
}
