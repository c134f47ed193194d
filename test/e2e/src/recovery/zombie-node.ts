import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { lambdaCode } from '../lambda-code.ts';
import { allRpcs } from '../rpc/contracts.ts';
import { rpcClient } from '../rpc/rpc-client.ts';
import type { SharedStack } from '../shared/running-stack.ts';
import { type Agent, agentsOf } from './agents.ts';
import { count, ended, isSound, runningOn } from './histories.ts';
import { exactly, type Story } from './story.ts';

const frozenMs = 60_000;

/** A node that stops for a minute and goes on as if nothing had been. */
export const zombieNode: Story = {
  name: 'a node is frozen for 60 s and goes on',
  nodes: 2,
  async run(stack) {
    const tenant = await stack.tenant();
    const lambdaId = await tenant.createLambda('slow', await lambdaCode('obedient'));
    const id = await tenant.issue(lambdaId, JSON.stringify({ sleepMs: 25_000 }), 60);
    const nodeId = await runningOn(tenant, id);
    const zombie = (await agentsOf(stack)).find((agent) => agent.nodeId === nodeId);
    if (zombie === undefined) throw new Error(`no agent of the node ${nodeId}`);
    process.kill(zombie.pid, 'SIGSTOP');
    await sleep(frozenMs);
    process.kill(zombie.pid, 'SIGCONT');
    const history = await ended(tenant, id);
    const said = await finishAs(stack, zombie, id);
    const last = await tenant.history(id);
    return [
      exactly('finishes recorded', count(last, 'TaskFinished'), 1),
      exactly('attempt that finished', history.at(-1)?.attempt ?? 0, 2),
      exactly('events after the zombie reported', last.length - history.length, 0),
      exactly('the zombie’s finish was fenced', /fencings/.test(said) ? 1 : 0, 1),
      exactly('sound history', isSound(last) ? 1 : 0, 1),
    ];
  },
};

/** Speaks with the zombie's own token, for its agent may have fenced itself and keep silent. */
async function finishAs(stack: SharedStack, { nodeId, tokenFile }: Agent, taskId: string) {
  const rpc = allRpcs().find(({ name }) => name === 'NodeService.Connect');
  if (rpc === undefined) throw new Error('no NodeService.Connect');
  const authorization = (await readFile(tokenFile, 'utf8')).trim();
  const { known } = stack;
  const client = await rpcClient(known.nodeDoor, { caFile: known.tls.caFile }, { authorization });
  const capabilities = { cpuCount: 1, memSize: 64, networkLatency: 100_000, slots: 1 };
  const finish = { outcome: 'TASK_OUTCOME_SUCCEEDED', status: 200 };
  const { text } = await client.converse(
    rpc,
    [
      { hello: { nodeId, bootId: randomUUID(), capabilities } },
      { reports: { reports: [{ sequence: '1', taskId, attempt: 1, finish }] } },
    ],
    /"fencings"/,
  );
  client.close();
  return text;
}
