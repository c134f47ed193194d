import { parseArgs } from 'node:util';
import { thisMachine, warnOfDisturbance } from '../machine.ts';
import { floorTable } from '../report/floor-table.ts';
import { jsonLines } from '../report/json-lines.ts';
import { runProgram } from '../run-program.ts';
import { boundsOf } from './bounds.ts';
import { measureFloors } from './floors.ts';

// The floors alone: npm run bench:floor [-- --json].
await runProgram(async ({ signal, say }) => {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const emit = jsonLines(values.json ? 'lines-and-tables' : 'tables');
  await warnOfDisturbance(say);

  const floors = await measureFloors({ seconds: 4, signal, say });
  emit('machine', thisMachine());
  emit('floors', { floors });
  emit('bounds', { figures: boundsOf(floors) });
  console.log(`\n${floorTable(floors)}`);
  return 'done';
});
