import { eventually, processesOf } from '@greencloud/testing';
import { lambdaCode } from '../lambda-code.ts';
import type { SharedStack, Tenant } from '../shared/running-stack.ts';
import { endOf, sandboxOf } from './sandbox-process.ts';

/** Half of the lambdas compute without end, half of them wait for ever; none listens. */
const ways = ['computes', 'sleeps'] as const;

/** Milliseconds from sending the DELETE to the end of the task's process, one by one. */
export async function measureCancels(stack: SharedStack, count: number): Promise<number[]> {
  const tenant = await stack.tenant();
  const lambdaId = await tenant.createLambda('deaf', await lambdaCode('deaf'));
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    times.push(await measureOne(stack, tenant, lambdaId, ways[i % ways.length] ?? 'sleeps'));
  }
  return times;
}

async function measureOne(
  stack: SharedStack,
  tenant: Tenant,
  lambdaId: string,
  way: (typeof ways)[number],
): Promise<number> {
  const id = await tenant.issue(lambdaId, way, 120);
  const agents = (await processesOf(stack, 'node-agent')).map(({ pid }) => pid);
  const pid = await eventually(() => sandboxOf(id, agents));
  const begun = performance.now();
  const [answer, ended] = await Promise.all([tenant.call('DELETE', `/v1/task/${id}`), endOf(pid)]);
  if (answer.status !== 204) throw new Error(`the cancel answered ${answer.status}`);
  return ended - begun;
}
