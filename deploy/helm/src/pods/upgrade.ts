import { isDeepStrictEqual } from 'node:util';
import type { Api } from './api.ts';
import { type Cluster, named } from './cluster.ts';
import { contentsOf, copyIntoFirstState } from './first-state.ts';
import { seen } from './report.ts';
import { becomesGreen, type Pods } from './story.ts';

/** The same rows under the first migrations, the migration Jobs, the services: everything is there. */
export async function upgradeFromFirst(cluster: Cluster, pods: Pods, api: Api): Promise<void> {
  const { services, agent, migrations, store } = cluster;
  const lambda = await api.newLambda();
  const finished = await api.newTask(lambda, 'before the upgrade');
  await api.result(finished);
  await pods.stop(agent);
  const open = await api.newTask(lambda, 'open over the upgrade');
  const before = await readAll(api, [finished, open]);
  for (const pod of services) await pods.stop(pod);

  const url = await copyIntoFirstState(cluster.databaseUrl, 'first');
  const rows = await contentsOf(url);
  store['db'] = { uri: named(url, 'postgres.db.svc') };
  for (const job of migrations) {
    seen(`${job.component} brings the first state to the last`, (await pods.finish(job)) === 0);
  }
  const after = await contentsOf(url, rows);
  seen(`the ${Object.keys(rows).length} tables hold the same rows`, isDeepStrictEqual(after, rows));

  for (const pod of [...services, agent]) await pods.start(pod);
  for (const pod of [...services, agent]) {
    const ready = await becomesGreen(pods.at(pod), pod.container.readinessProbe);
    seen(`${pod.component} is ready after the upgrade`, ready);
  }
  const [old] = await readAll(api, [finished]);
  seen('a finished task, its history and its result read as before', old === before[0]);
  const result = await api.result(open);
  seen('the task that was open is run after it', result === 'OPEN OVER THE UPGRADE');
}

async function readAll(api: Api, tasks: readonly string[]): Promise<string[]> {
  const read = async (task: string) => {
    const [view, history] = await Promise.all([
      api.call('GET', `/v1/task/${task}`),
      api.call('GET', `/v1/task/${task}/history`),
    ]);
    const done = history.includes('TaskFinished') || view.includes('"result"');
    return `${view}\n${history}\n${done ? await api.result(task) : ''}`;
  };
  return Promise.all(tasks.map(read));
}
