import process from 'node:process';
import { runOnStack } from './operations/run-on-stack.ts';

await runOnStack({ service: 'projection', program: 'rebuild' }, process.env);
