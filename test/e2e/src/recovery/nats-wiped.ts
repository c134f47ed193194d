import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@greencloud/testing';
import { lambdaCode } from '../lambda-code.ts';
import { ended, isSound } from './histories.ts';
import { metricSum } from './metric.ts';
import { startLoad } from './steady-load.ts';
import { atMost, exactly, type Story } from './story.ts';

/** nats-server is killed and its whole store deleted while tasks come and go. */
export const natsWiped: Story = {
  name: 'NATS loses everything it stored',
  nodes: 2,
  async run(stack) {
    const tenant = await stack.tenant();
    const lambdaId = await tenant.createLambda('echo', await lambdaCode('echo'));
    const load = startLoad({ clients: [tenant], lambdaId, everyMs: 20 });
    await sleep(5_000);
    const killed = await stack.kill('nats-server');
    const wipedAt = performance.now();
    await rm(join(stack.dataDir, 'nats', 'jetstream'), { recursive: true, force: true });
    await killed.restarted();
    const { admin } = await stack.file();
    const lagOf = (service: string, name: string) => metricSum(admin[service] ?? '', name);
    const atHead = async () =>
      (await metricSum(admin['task-command'] ?? '', 'relay_connected')) === 1 &&
      (await lagOf('task-command', 'relay_lag')) <= 20 &&
      (await lagOf('projection', 'projection_lag_positions')) <= 20;
    await eventually(atHead, { timeoutMs: 60_000, everyMs: 50 });
    const healedMs = performance.now() - wipedAt;
    await sleep(5_000);
    const { accepted, failed } = await load.stop();
    const histories = await Promise.all(accepted.map((id) => ended(tenant, id)));
    return [
      atMost('seconds until every follower is at the head', healedMs / 1_000, 30),
      exactly('requests failed', failed.length, 0),
      exactly(`tasks of ${accepted.length} that were lost`, unsound(histories), 0),
    ];
  },
};

function unsound(histories: readonly Parameters<typeof isSound>[0][]): number {
  return histories.filter((history) => !isSound(history)).length;
}
