import process from 'node:process';
import { type ChaosOptions, readOptions } from './options.ts';
import { reportOf } from './report/report.ts';
import { runChaos } from './run.ts';

const options = optionsOrUsage();
console.log(
  `npm run test:chaos -- --minutes ${options.minutes} --seed ${options.seed} --clients ${options.clients}`,
);
const began = Date.now();
const result = await runChaos(options, (line) =>
  console.log(`${((Date.now() - began) / 1_000).toFixed(1).padStart(7)} s  ${line}`),
);
console.log(reportOf(result));
process.exitCode = result.findings.every(({ violations }) => violations.length === 0) ? 0 : 1;

function optionsOrUsage(): ChaosOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return process.exit(2);
  }
}
