import process from 'node:process';
import { withStack } from '@greencloud/testing';
import { openRunningStack } from '../shared/running-stack.ts';
import { measureCancels } from './cancel-latency.ts';
import { summaryOf } from './summary.ts';
import { measureSieges } from './rude-clients.ts';

// Figures for a quiet machine: `npm run measure [cancels] [seconds of each siege]`.
const [cancels = 200, seconds = 20, ...others] = process.argv.slice(2).map(Number);
if (others.length > 0 || ![cancels, seconds].every((count) => count >= 1)) {
  process.stderr.write('usage: npm run measure [cancels (200)] [seconds of each siege (20)]\n');
  process.exit(2);
}

const started = await withStack({ nodes: 2 });
const stack = await openRunningStack(started.dataDir);
try {
  const times = summaryOf(await measureCancels(stack, cancels));
  process.stdout.write(`DELETE of a running task to the end of its process, ms\n`);
  console.table([times]);
  process.stdout.write(`An ordinary client beside rude ones, ms; the edge's memory, MiB\n`);
  const sieges = await measureSieges(stack, seconds);
  console.table(sieges.map(({ others, ...rest }) => ({ ...rest, ...others })));
} finally {
  await stack.closeClients();
  await started.stop();
}
