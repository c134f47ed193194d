import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@greencloud/testing';
import { lambdaCode } from '../lambda-code.ts';
import { startReplica } from '../own-processes.ts';
import { ended, isSound } from './histories.ts';
import { startLoad } from './steady-load.ts';
import { exactly, type Finding, type Story } from './story.ts';

const services = [
  'task-command',
  'projection',
  'scheduler',
  'lambda-catalog',
  'edge',
  'node-agent',
] as const;

/** Every service is told to end, one after the other, with a second edge beside the first. */
export const rollingRestart: Story = {
  name: 'all services are restarted one by one',
  nodes: 2,
  async run(stack) {
    const tenant = await stack.tenant();
    const lambdaId = await tenant.createLambda('echo', await lambdaCode('echo'));
    await using second = await startReplica(stack, 'edge');
    const clients = [undefined, second.ready.http].map((url) => stack.client(tenant.token, url));
    const load = startLoad({ clients, lambdaId, everyMs: 25 });
    await sleep(2_000);
    for (const service of services) {
      const killed = await stack.kill(service, { signal: 'SIGTERM' });
      await killed.restarted();
      await ready((await stack.file()).admin, service);
      await sleep(1_000);
    }
    const { accepted, failed, slowestMs } = await load.stop();
    const histories = await Promise.all(accepted.map((id) => ended(tenant, id)));
    const slowest: Finding = {
      what: 'slowest answer, ms',
      found: Math.round(slowestMs),
      promised: 'told',
      kept: true,
    };
    return [
      exactly(`requests of ${2 * accepted.length} that failed`, failed.length, 0),
      exactly('tasks lost', histories.filter((history) => !isSound(history)).length, 0),
      slowest,
    ];
  },
};

async function ready(admin: Readonly<Record<string, string>>, service: string): Promise<void> {
  const url = admin[service] ?? admin[`${service}-0`] ?? '';
  const isReady = async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true;
  await eventually(isReady, { timeoutMs: 30_000, everyMs: 50 });
}
