import process from 'node:process';
import { parseArgs } from 'node:util';
import { readArguments } from '@greencloud/runtime';
import { runOperation } from './operation/run-operation.ts';
import { rebuild } from './rebuild/rebuild.ts';

readArguments('rebuild', (args) => parseArgs({ args }));
await runOperation('rebuild', process.env, rebuild);
