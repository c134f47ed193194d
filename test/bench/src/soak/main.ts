import { thisMachine, warnOfDisturbance } from '../machine.ts';
import { jsonLines } from '../report/json-lines.ts';
import { runProgram } from '../run-program.ts';
import { readSoakOptions } from './options.ts';
import { soak } from './soak.ts';

// npm run bench:soak -- --minutes 60
await runProgram(async ({ signal, say }) => {
  const options = readSoakOptions(process.argv.slice(2));
  await warnOfDisturbance(say);
  const emit = jsonLines(options.output);
  emit('machine', thisMachine());
  const { report, failures } = await soak({ options, signal, say, emit });
  console.log(`\n${report}`);
  for (const failure of failures) say(`failed: ${failure}`);
  return failures.length === 0 ? 'done' : 'failed';
});
