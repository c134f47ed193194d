import { setTimeout as sleep } from 'node:timers/promises';
import { lambdaCode } from '../lambda-code.ts';
import type { Tenant } from '../shared/running-stack.ts';
import { assignedAt, ended, isSound, runningOn } from './histories.ts';
import { startLoad } from './steady-load.ts';
import { atMost, exactly, type Story } from './story.ts';

const running = Number(process.env['GC_RUNNING_TASKS'] ?? 500);
const nodes = 10;

/** The only scheduler is killed (-9) while 500 tasks run and more come in. */
export const schedulerKilled: Story = {
  name: `the scheduler is killed while ${running} tasks run`,
  nodes,
  env: { GC_SLOTS: String(running / nodes + 2), GC_MEM_SIZE: '16384', GC_DEFAULT_MEM_SIZE: '64' },
  async run(stack) {
    const tenant = await stack.tenant();
    const ids = await startTasks(tenant);
    const other = await stack.tenant();
    const lambdaId = await other.createLambda('echo', await lambdaCode('echo'));
    const load = startLoad({ clients: [other], lambdaId, everyMs: 50 });
    await sleep(3_000);
    const killed = await stack.kill('scheduler');
    await killed.restarted();
    await sleep(10_000);
    const { accepted, failed } = await load.stop();
    const quick = await Promise.all(accepted.map((id) => ended(other, id)));
    const histories = await Promise.all(ids.map((id) => tenant.history(id)));
    const interrupted = histories.filter((history) => assignedAt(history, 2) !== undefined);
    return [
      exactly('tasks that ran', ids.length, running),
      exactly('of these interrupted', interrupted.length, 0),
      exactly('requests failed meanwhile', failed.length, 0),
      exactly('short tasks lost', quick.filter((history) => !isSound(history)).length, 0),
      atMost('longest time without a placement, s', longestGapMs(quick) / 1_000, 10),
    ];
  },
};

async function startTasks(tenant: Tenant): Promise<string[]> {
  const lambdaId = await tenant.createLambda('slow', await lambdaCode('obedient'));
  const order = JSON.stringify({ sleepMs: 110_000 });
  const ids = await Promise.all(
    Array.from({ length: running }, () => tenant.issue(lambdaId, order, 120)),
  );
  for (const id of ids) await runningOn(tenant, id);
  return ids;
}

function longestGapMs(histories: readonly Parameters<typeof assignedAt>[0][]): number {
  const times = histories
    .flatMap((history) => assignedAt(history, 1) ?? [])
    .toSorted((a, b) => a - b);
  return Math.max(...times.map((time, index) => time - (times[index - 1] ?? time)));
}
