import process from 'node:process';
import { runOnStack } from './operations/run-on-stack.ts';

await runOnStack({ service: 'task-command', program: 'verify' }, process.env);
