import { eventually, quantile } from '@greencloud/testing';
import { lambdaCode } from '../lambda-code.ts';
import type { Tenant } from '../shared/running-stack.ts';
import { agentsOf } from './agents.ts';
import { assignedAt, runningOn } from './histories.ts';
import { atMost, exactly, type Story } from './story.ts';

const tasks = 60;
// Of twelve: at half of them the scheduler would rather doubt itself.
const mostSilent = 5;

/** Nodes fall silent (their machine hangs, their network is gone), each in the middle of ten tasks. */
export const lostNodes: Story = {
  name: 'five nodes of twelve fall silent',
  nodes: 12,
  env: { GC_SLOTS: '10', GC_MEM_SIZE: '4096', GC_LOOKAHEAD: '0' },
  async run(stack) {
    const tenant = await stack.tenant();
    const onNode = await startTasks(tenant);
    const silent = [...onNode].toSorted(([, a], [, b]) => b.length - a.length).slice(0, mostSilent);
    const silentIds = new Set(silent.map(([nodeId]) => nodeId));
    const frozen = (await agentsOf(stack)).filter(({ nodeId }) => silentIds.has(nodeId));
    const stoppedAt = Date.now();
    for (const { pid } of frozen) process.kill(pid, 'SIGSTOP');
    const orphans = silent.flatMap(([, ids]) => ids);
    const waits = await Promise.all(orphans.map((id) => reassigned(tenant, id, stoppedAt)));
    for (const { pid } of frozen) process.kill(pid, 'SIGCONT');
    return [
      exactly('nodes frozen', frozen.length, mostSilent),
      exactly('tasks reassigned', waits.length, orphans.length),
      atMost('seconds to the next assignment, p50', quantile(waits, 0.5) / 1_000, 25),
      atMost('seconds to the next assignment, max', quantile(waits, 1) / 1_000, 25),
      atMost(
        'of nodes that were not silent: tasks moved',
        await moved(tenant, onNode, silentIds),
        0,
      ),
    ];
  },
};

async function startTasks(tenant: Tenant): Promise<Map<string, string[]>> {
  const lambdaId = await tenant.createLambda('slow', await lambdaCode('obedient'));
  const order = JSON.stringify({ sleepMs: 100_000 });
  const ids = await Promise.all(
    Array.from({ length: tasks }, () => tenant.issue(lambdaId, order, 120)),
  );
  const onNode = new Map<string, string[]>();
  for (const id of ids) {
    const nodeId = await runningOn(tenant, id);
    onNode.set(nodeId, [...(onNode.get(nodeId) ?? []), id]);
  }
  return onNode;
}

/** Milliseconds from the silence to the assignment of the second attempt, as the log has it. */
async function reassigned(tenant: Tenant, id: string, since: number): Promise<number> {
  const look = async () => assignedAt(await tenant.history(id), 2) ?? false;
  return (await eventually(look, { timeoutMs: 90_000, everyMs: 250 })) - since;
}

async function moved(
  tenant: Tenant,
  onNode: ReadonlyMap<string, readonly string[]>,
  silent: ReadonlySet<string>,
): Promise<number> {
  const others = [...onNode].filter(([nodeId]) => !silent.has(nodeId)).flatMap(([, ids]) => ids);
  const histories = await Promise.all(others.map((id) => tenant.history(id)));
  return histories.filter((history) => assignedAt(history, 2) !== undefined).length;
}
