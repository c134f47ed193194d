import process from 'node:process';
import { runOperation } from './operation/run-operation.ts';
import { rebuild } from './rebuild/rebuild.ts';

await runOperation('rebuild', process.env, rebuild);
