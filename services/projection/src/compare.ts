import process from 'node:process';
import { parseArgs } from 'node:util';
import { readArguments } from '@greencloud/runtime';
import { compareWithLog } from './compare/compare-with-log.ts';
import { runOperation } from './operation/run-operation.ts';

readArguments('compare', (args) => parseArgs({ args }));
const differences = await runOperation('compare', process.env, compareWithLog);
if (differences > 0) process.exitCode = 1;
