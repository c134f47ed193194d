import { thisMachine, warnOfDisturbance } from '../machine.ts';
import { jsonLines } from '../report/json-lines.ts';
import { runProgram } from '../run-program.ts';
import { measureGrowth } from './growth.ts';
import { growthTable, planTable } from './growth-table.ts';
import { readGrowthOptions } from './options.ts';

// npm run bench:growth [-- --waiting 1000 --finished 10000 --tasks 1000 --warm 300]
await runProgram(async ({ signal, say }) => {
  const options = readGrowthOptions(process.argv.slice(2));
  await warnOfDisturbance(say);
  const emit = jsonLines(options.output);
  emit('machine', thisMachine());
  const result = await measureGrowth({ options, signal, say, emit });
  console.log(`\n${growthTable(result)}\n\n${planTable(result.plans)}`);
  const whole = result.plans.filter(({ verdict }) => verdict === 'reads a whole table');
  for (const { list } of whole) say(`failed: the list by ${list} reads a whole table`);
  return whole.length === 0 ? 'done' : 'failed';
});
