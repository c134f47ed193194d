import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Api } from './api.ts';
import { firstSteps, openCluster } from './cluster.ts';
import { watchConnections } from './connections.ts';
import { isHealthy } from './health.ts';
import { compareWithPolicies } from './justify.ts';
import { failures, seen } from './report.ts';
import { becomesGreen, memoryOf, Pods } from './story.ts';
import { upgradeFromFirst } from './upgrade.ts';
import { visit } from './visit.ts';
import { confines } from './walls.ts';

// node main.ts IMAGES HELM plaintext|mtls : the pods of the chart on this machine, without a cluster
const [images = '', helm = 'helm3', transport = 'plaintext'] = process.argv.slice(2);
const tenant = '64058fee9956fae80d7e0e8e';
const nodeId = '1a061cfd-df01-4b02-a067-5122c5941e15';
const folder = mkdtempSync(join(tmpdir(), 'greencloud-pods-'));
const cluster = await openCluster(folder, helm, {
  transport: transport === 'mtls' ? 'mtls' : 'plaintext',
  tenant,
  nodeId,
});
const { services, agent, migrations, rebuild, test, addresses, hosts, store } = cluster;
const pods = new Pods({ folder, images, node: process.execPath, hosts, store }, addresses);
const edge = `http://${addresses.get('green-edge')}:8080`;
const api = new Api(edge, () => firstSteps('token', folder, tenant));
const visitors = new Map<number, string>();
const watch = watchConnections(() => new Map([...pods.components(), ...visitors]));

try {
  await startBeforeSchemas();
  await migrateTwice();
  await becomeReady();
  await testRelease('helm test');
  await compareSockets();
  await restartAll();
  await testRelease('helm test, after everything was restarted');
  await upgradeFromFirst(cluster, pods, api);
} catch (error) {
  seen(error instanceof Error ? (error.stack ?? '') : String(error), false);
} finally {
  pods.stopAll();
  await watch.stop();
  await cluster.close();
}
if (failures() === 0) rmSync(folder, { recursive: true });
else process.stdout.write(`logs are in ${folder}\n`);
process.exitCode = failures() === 0 ? 0 : 1;

/** GitOps tools start everything at once: services have to wait for their schemas. */
async function startBeforeSchemas(): Promise<void> {
  for (const pod of services) await pods.start(pod);
  for (const pod of services) {
    const alive = await becomesGreen(pods.at(pod), pod.container.startupProbe);
    seen(`${pod.component} lives before its schema is there`, alive);
  }
}

async function migrateTwice(): Promise<void> {
  for (const job of [...migrations, ...migrations]) {
    seen(`${job.component} ends well, also the second time`, (await pods.finish(job)) === 0);
  }
}

async function becomeReady(): Promise<void> {
  for (const pod of services) {
    const { readinessProbe: probe } = pod.container;
    const green = await becomesGreen(pods.at(pod), probe);
    seen(`${pod.component} is ready (${probe?.grpc === undefined ? 'HTTP' : 'gRPC'})`, green);
  }
  firstSteps('enrol', folder, tenant, edge, nodeId);
  store['node'] = { token: readFileSync(join(folder, 'node', 'token'), 'utf8') };
  const running = await pods.start(agent);
  seen('node-agent is ready', await becomesGreen(running, agent.container.readinessProbe));
  for (const pod of [...services, agent]) {
    seen(`${pod.component}: the image's health check says so`, await isHealthy(pods, pod));
    seen(`${pod.component}: user 65532, no new file, no capability`, await confines(pods, pod));
  }
}

async function testRelease(what: string): Promise<void> {
  const code = await pods.finish(test);
  seen(`${what}: ${pods.lastLine(test)}`, code === 0);
}

async function compareSockets(): Promise<void> {
  seen(`the views are rebuilt: ${await rebuilt()}`, true);
  const admin = [...addresses.values()].map((address) => `http://${address}:8081/metrics`);
  const visitor = await visit([`${edge}/v1/openapi.json`, ...admin]);
  visitors.set(visitor.pid, 'outside');
  const connections = await watch.stop();
  visitor.leave();
  const all = [...services, agent, ...migrations, rebuild, test];
  const network = { manifests: cluster.manifests, pods: all, addresses, servers: cluster.servers };
  for (const { text, good } of compareWithPolicies(network, connections)) seen(text, good);
  for (const { pod, pid } of pods.running.values()) {
    process.stdout.write(`  ${pod.component}: ${memoryOf(pid)} MiB resident\n`);
  }
}

async function rebuilt(): Promise<string> {
  const code = await pods.finish(rebuild);
  if (code !== 0) throw new Error(`the rebuild ends with ${code}`);
  return pods.lastLine(rebuild);
}

async function restartAll(): Promise<void> {
  for (const pod of [...services, agent]) {
    const { code, ms } = await pods.stop(pod);
    seen(`${pod.component} ends with ${code} ${ms} ms after SIGTERM`, code === 0);
    const again = await pods.start(pod);
    const ready = await becomesGreen(again, pod.container.readinessProbe);
    seen(`${pod.component} is ready again`, ready);
  }
}
