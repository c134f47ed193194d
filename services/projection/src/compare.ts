import process from 'node:process';
import { compareWithLog } from './compare/compare-with-log.ts';
import { runOperation } from './operation/run-operation.ts';

const differences = await runOperation('compare', process.env, compareWithLog);
if (differences > 0) process.exitCode = 1;
