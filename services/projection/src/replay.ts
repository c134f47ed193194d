import process from 'node:process';
import { parseArgs } from 'node:util';
import { parseTaskId, type TaskId } from '@greencloud/domain';
import { readArguments } from '@greencloud/runtime';
import { runOperation } from './operation/run-operation.ts';
import { replayParked } from './replay/replay-parked.ts';

const which = readArguments('replay <task id> | replay --all', whichOf);
const left = await runOperation('replay', process.env, (ports) => replayParked(ports, which));
if (left > 0) process.exitCode = 1;

function whichOf(args: string[]): TaskId | 'all' {
  const options = { all: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [taskId, ...others] = positionals;
  if (others.length > 0 || (taskId === undefined) !== values.all) {
    throw new Error('give one task id, or --all');
  }
  return taskId === undefined ? 'all' : parseTaskId(taskId);
}
