/** npm run bench:scheduler: one scheduler, and its nodes and the log in a second thread. */
import { parseArgs } from 'node:util';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readArguments, wholeNumberOf } from '@greencloud/runtime';
import { type Phase, type Placing, placeAll } from './place-all.ts';

const usage = `npm run bench:scheduler [-- options]
  --nodes <n,n,...>   a run for each (500,5000,50000)
  --tasks <n>         of all tenants (100000)
  --tenants <n>       (200)
  --heartbeat <ms>    of each node (5000)
  --json              one JSON line for each run`;
const { sizes, tasks, tenants, heartbeat, json } = readArguments(usage, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      nodes: { type: 'string', default: '500,5000,50000' },
      tasks: { type: 'string', default: '100000' },
      tenants: { type: 'string', default: '200' },
      heartbeat: { type: 'string', default: '5000' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    sizes: values.nodes.split(',').map((size) => wholeNumberOf('nodes', size, 1)),
    tasks: wholeNumberOf('tasks', values.tasks, 1),
    tenants: wholeNumberOf('tenants', values.tenants, 1),
    heartbeat: wholeNumberOf('heartbeat', values.heartbeat, 1),
    json: values.json,
  };
});
const titles = [
  'nodes',
  'phase',
  'per second',
  'per CPU s',
  'p99 wall, ms',
  'max wall',
  'p99 CPU',
  'max CPU',
  'without GC',
  'RSS MB',
];

if (process.send === undefined) await everySize();
else process.send(await placeAll({ nodes: sizes[0] ?? 0, tasks, tenants, heartbeatMs: heartbeat }));
process.disconnect?.();

/** Each in a process of its own, so that none runs on what the one before it has made warm. */
async function everySize(): Promise<void> {
  const rows: string[][] = [titles];
  let missed = 0;
  for (const nodes of sizes) {
    const placing = await inItsOwnProcess(nodes);
    if (json) console.log(JSON.stringify({ kind: 'scheduler', ...placing }));
    rows.push(...rowsOf(placing));
    if (nodes === 5_000) missed += judge(placing.placing);
  }
  console.log(rows.map((row) => row.map((cell) => cell.padStart(13)).join('')).join('\n'));
  process.exitCode = missed === 0 ? 0 : 1;
}

async function inItsOwnProcess(nodes: number): Promise<Placing> {
  const sizeArgs = [`--nodes=${nodes}`, `--tasks=${tasks}`, `--tenants=${tenants}`];
  const args = [...sizeArgs, `--heartbeat=${heartbeat}`];
  const child = fork(fileURLToPath(import.meta.url), args, {
    // As the services run.
    execArgv: [...process.execArgv, '--max-semi-space-size=12'],
  });
  const [placing] = (await once(child, 'message')) as [Placing];
  return placing;
}

function rowsOf({ nodes, loading, connecting, issuing, placing, rssMb }: Placing): string[][] {
  const row = (phase: string, { perSecond, perCpuSecond, steps }: Phase) => {
    const { wallP99Ms, wallMaxMs, cpuP99Ms, cpuMaxMs, ownMaxMs } = steps;
    const ms = [wallP99Ms, wallMaxMs, cpuP99Ms, cpuMaxMs, ownMaxMs].map((each) => each.toFixed(1));
    return [String(nodes), phase, perSecond.toFixed(0), perCpuSecond.toFixed(0), ...ms];
  };
  return [
    row('load', loading),
    row('connect', connecting),
    row('issue', issuing),
    [...row('place', placing), rssMb.toFixed(0)],
  ];
}

/** The target of one scheduler with 5,000 nodes. */
function judge({ perSecond, steps }: Phase): number {
  const misses = [
    ...(perSecond < 5_000 ? [`${perSecond.toFixed(0)} placements/s, wanted 5,000`] : []),
    ...(steps.cpuMaxMs > 10 ? [`a step took ${steps.cpuMaxMs.toFixed(1)} ms, at most 10`] : []),
  ];
  for (const miss of misses) console.log(`missed: ${miss}`);
  return misses.length;
}
