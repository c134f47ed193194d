import { readOptions } from './options.ts';
import { reportOf } from './report/report.ts';
import { runChaos } from './run.ts';

const options = readOptions(process.argv.slice(2));
console.log(
  `npm run test:chaos -- --minutes ${options.minutes} --seed ${options.seed} --clients ${options.clients}`,
);
const began = Date.now();
const result = await runChaos(options, (line) =>
  console.log(`${((Date.now() - began) / 1_000).toFixed(1).padStart(7)} s  ${line}`),
);
console.log(reportOf(result));
process.exitCode = result.findings.every(({ violations }) => violations.length === 0) ? 0 : 1;
