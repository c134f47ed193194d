import { bench } from './bench.ts';
import { thisMachine, warnOfDisturbance } from './machine.ts';
import { readOptions } from './options.ts';
import { jsonLines } from './report/json-lines.ts';
import { runProgram } from './run-program.ts';
import { requireRedis } from './systems/redis-server.ts';

await runProgram(async ({ signal, say }) => {
  const options = readOptions(process.argv.slice(2));
  const path = process.env['PATH'] ?? '';
  if (options.only.includes('bullmq')) await requireRedis(path);
  await warnOfDisturbance(say);

  const emit = jsonLines(options.output);
  const machine = thisMachine();
  emit('machine', machine);
  const { report, failures } = await bench({ options, path, signal, say, emit });
  const { cores, cpu, system, node } = machine;
  console.log(`\n${cores} x ${cpu}, ${system}, Node ${node}`);
  console.log(
    `${options.tasks} tasks after ${options.warm} to warm up, medians of ${options.runs} run(s)\n\n${report}`,
  );
  return failures === 0 ? 'done' : 'failed';
});
