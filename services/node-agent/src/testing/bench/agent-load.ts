/** npm run bench:agent: CPU of one node agent and its sandboxes for a task that does nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readArguments, wholeNumberOf } from '@greencloud/runtime';
import { startProcess } from '@greencloud/testing';
import { assignmentOf, codeVersion, nodeId } from '../../agent/agent-fixture.ts';
import { SchedulerFixture } from '../../grpc/scheduler-fixture.ts';
import { cpuTicks, processTree, strongest } from '../../sandbox/sandbox-fixtures.ts';
import { Ends } from './ends.ts';

const usage = `npm run bench:agent [-- options]
  --tasks <n>          (20000)
  --rate <n>           tasks a second; 0: as fast as they finish (0)
  --slots <n>          of the agent (4)
  --open <n>           at the agent at the same time: its slots and its lookahead (68)
  --profile <folder>   for a CPU profile of the agent`;
const { tasks, rate, slots, open, profile } = readArguments(usage, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      tasks: { type: 'string', default: '20000' },
      rate: { type: 'string', default: '0' },
      slots: { type: 'string', default: '4' },
      open: { type: 'string', default: '68' },
      profile: { type: 'string', default: '' },
    },
  });
  return {
    tasks: wholeNumberOf('tasks', values.tasks, 1),
    rate: wholeNumberOf('rate', values.rate, 0),
    slots: wholeNumberOf('slots', values.slots, 1),
    open: wholeNumberOf('open', values.open, 1),
    profile: values.profile,
  };
});

// A scheduler sends what one commit has bound: at 625 tasks a second about this often.
const TICK_MS = 5;
const payload = { payload: { contentType: 'application/json', body: Buffer.from('{"n":1}') } };
const TICKS_PER_MS = 0.1;

const scheduler = await new SchedulerFixture({ heartbeatMs: 1_000 }).start();
scheduler.code.set(codeVersion, 'export default () => ({ ok: 1 });\n');
const agent = await startProcess({
  entry: fileURLToPath(new URL('../../main.ts', import.meta.url)),
  env: {
    GC_SCHEDULER_ADDRESS: scheduler.address,
    GC_NODE_ID: nodeId,
    GC_NODE_TOKEN: 'node-token',
    GC_SLOTS: String(slots),
    GC_ALLOW_UNSANDBOXED: String(strongest === 'process'),
    ...(profile === '' ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` }),
  },
});
await drive(2_000, 0);
const before = look();
await drive(tasks, rate);
const after = look();
await agent.stop();
await scheduler.close();

const each = (ticks: number) => (ticks / TICKS_PER_MS / tasks).toFixed(3);
const seconds = (after.at - before.at) / 1_000;
console.log(
  `${tasks} tasks, ${(tasks / seconds).toFixed(0)}/s, ms of CPU a task: agent ${each(after.agent - before.agent)}, ` +
    `sandboxes ${each(after.sandboxes - before.sandboxes)} (${after.count} processes); ` +
    `${((after.messages - before.messages) / tasks).toFixed(3)} messages a task`,
);

function look() {
  const tree = processTree(agent.pid);
  return {
    at: performance.now(),
    agent: cpuTicks([agent.pid]),
    sandboxes: cpuTicks(tree.filter((pid) => pid !== agent.pid)),
    count: tree.length - 1,
    messages: scheduler.session.reportMessages.length,
  };
}

/** Gives tasks in batches and waits for the end of all. */
async function drive(count: number, perSecond: number): Promise<void> {
  const { session } = scheduler;
  const ends = new Ends(session);
  const startedAt = performance.now();
  for (let given = 0; ends.count() < count; await sleep(TICK_MS)) {
    const due = perSecond === 0 ? count : ((performance.now() - startedAt) * perSecond) / 1_000;
    const room = Math.min(count, Math.floor(due), ends.count() + open) + ends.returns - given;
    if (room <= 0) continue;
    session.assign(...Array.from({ length: room }, () => assignmentOf(payload)));
    given += room;
  }
}
