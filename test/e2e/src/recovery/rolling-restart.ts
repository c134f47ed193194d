import { setTimeout as sleep } from 'node:timers/promises';
import { lambdaCode } from '../lambda-code.ts';
import type { SharedStack } from '../shared/running-stack.ts';
import { ended, isSound } from './histories.ts';
import { type Pair, startPair } from './pair.ts';
import { startLoad } from './steady-load.ts';
import { exactly, type Finding, type Story } from './story.ts';

/** Two of each service that requests pass through; each is told to end, one after the other. */
export const rollingRestart: Story = {
  name: 'all services are restarted one by one, two replicas of each',
  nodes: 2,
  async run(stack) {
    const tenant = await stack.tenant();
    const lambdaId = await tenant.createLambda('echo', await lambdaCode('echo'));
    await using pairs = await startPairs(stack);
    const clients = pairs.edge.urls.map((url) => stack.client(tenant.token, url));
    const load = startLoad({ clients, lambdaId, everyMs: 25 });
    await sleep(2_000);
    for (const pair of pairs.all) {
      await pair.roll();
      await sleep(500);
    }
    const { accepted, failed, slowestMs } = await load.stop();
    for (const failure of failed) process.stdout.write(`${failure}\n`);
    const histories = await Promise.all(accepted.map((id) => ended(tenant, id)));
    return [
      exactly(`requests of ${2 * accepted.length} that failed`, failed.length, 0),
      exactly('tasks lost', histories.filter((history) => !isSound(history)).length, 0),
      told('processes restarted', 2 * pairs.all.length),
      told('slowest answer, ms', Math.round(slowestMs)),
    ];
  },
};

async function startPairs(stack: SharedStack) {
  const log = await startPair(stack, 'task-command');
  const GC_TASK_COMMAND_ADDRESS = log.addresses;
  const views = await startPair(stack, 'projection', { GC_TASK_COMMAND_ADDRESS });
  const catalog = await startPair(stack, 'lambda-catalog');
  const scheduler = await startPair(stack, 'scheduler', {
    GC_TASK_COMMAND_ADDRESS,
    GC_LAMBDA_CATALOG_ADDRESS: catalog.addresses,
  });
  const edge = await startPair(stack, 'edge', {
    GC_TASK_COMMAND_ADDRESS,
    GC_PROJECTION_ADDRESS: views.addresses,
    GC_LAMBDA_CATALOG_ADDRESS: catalog.addresses,
    GC_SCHEDULER_ADDRESS: scheduler.addresses,
  });
  const all: readonly Pair[] = [log, views, catalog, scheduler, edge];
  return {
    edge,
    all,
    async [Symbol.asyncDispose]() {
      for (const pair of all.toReversed()) await pair[Symbol.asyncDispose]();
    },
  };
}

function told(what: string, found: number): Finding {
  return { what, found, promised: 'told', kept: true };
}
