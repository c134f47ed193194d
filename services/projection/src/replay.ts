import process from 'node:process';
import { parseArgs } from 'node:util';
import { parseTaskId } from '@greencloud/domain';
import { runOperation } from './operation/run-operation.ts';
import { replayParked } from './replay/replay-parked.ts';

const { values, positionals } = parseArgs({
  options: { all: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [taskId, ...others] = positionals;
if (others.length > 0 || (taskId === undefined) !== values.all) {
  process.stderr.write('usage: replay <task id> | replay --all\n');
  process.exitCode = 2;
} else {
  const which = taskId === undefined ? 'all' : parseTaskId(taskId);
  const left = await runOperation('replay', process.env, (ports) => replayParked(ports, which));
  if (left > 0) process.exitCode = 1;
}
