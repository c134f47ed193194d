import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { withNats, withPostgresServer } from '@greencloud/testing';
import { readManifests } from '../cluster/manifest.ts';
import { inChart, inRepository } from '../repository.ts';
import { issueSecrets } from './certificates.ts';
import { compareWithPolicies, serversAt, watchConnections } from './connections.ts';
import { podsOf } from './pod-manifest.ts';
import { becomesGreen, memoryOf, Pods } from './story.ts';

// node main.ts IMAGES HELM plaintext|mtls : the pods of the chart on this machine, without a cluster
const [images = '', helm = 'helm3', transport = 'plaintext'] = process.argv.slice(2);
const tenant = '64058fee9956fae80d7e0e8e';
const nodeId = '1a061cfd-df01-4b02-a067-5122c5941e15';
const folder = mkdtempSync(join(tmpdir(), 'greencloud-pods-'));
let failed = 0;
const seen = (what: string, good: boolean) => {
  process.stdout.write(`  ${good ? 'seen' : 'NOT SEEN'}: ${what}\n`);
  if (!good) failed += 1;
};
const firstSteps = (...args: string[]) =>
  execFileSync(process.execPath, [inRepository('deploy/docker/first-steps.mjs'), ...args], {
    encoding: 'utf8',
  }).trim();

await using postgres = await withPostgresServer();
await using nats = await withNats();
firstSteps('keys', folder);
serversAt([new URL(postgres.url).port, new URL(nats.url).port]);

const values = {
  fullnameOverride: 'green',
  auth: {
    issuer: 'greencloud-docker',
    audience: 'greencloud',
    jwks: { existingConfigMap: 'jwks' },
  },
  database: { existingSecret: 'db' },
  nats: { url: nats.url },
  networkPolicy: {
    database: { port: Number(new URL(postgres.url).port) },
    nats: { port: Number(new URL(nats.url).port) },
  },
  mtls: { enabled: transport === 'mtls', certManager: { issuerRef: { name: 'ca' } } },
  nodeAgent: {
    config: { trustedTenants: [tenant], slots: 2 },
    nodes: [{ name: 'one', id: nodeId, existingSecret: 'node' }],
  },
  tests: { existingSecret: 'token' },
};
writeFileSync(join(folder, 'values.json'), JSON.stringify(values));
const chart = ['template', 'gc', inChart(''), '--namespace', 'ns', '--kube-version', '1.37.0'];
const rendered = execFileSync(helm, [...chart, '-f', join(folder, 'values.json')]);
writeFileSync(join(folder, 'manifests.yaml'), rendered);
const manifests = readManifests(join(folder, 'manifests.yaml'));
const services = podsOf(manifests, 'Deployment');
const migrations = podsOf(manifests, 'Job');
const agent = services.find(({ component }) => component === 'node-agent');
const others = services.filter((pod) => pod !== agent);
if (agent === undefined) throw new Error('the chart has no agent');

const addresses = new Map(services.map(({ name }, index) => [name, `127.0.10.${index + 1}`]));
const hosts = [...addresses].map(([name, address]) => `${address} ${name}.ns.svc`);
hosts.push(`${addresses.get('green-scheduler')} green-nodes.ns.svc`, '127.0.0.1 localhost');
writeFileSync(join(folder, 'hosts'), `${hosts.join('\n')}\n`);
const store = {
  db: { uri: postgres.url },
  jwks: { 'jwks.json': readFileSync(join(folder, 'public', 'jwks.json'), 'utf8') },
  node: { token: '' },
  ...(await issueSecrets(manifests)),
};
const machine = { folder, images, node: process.execPath, hosts: join(folder, 'hosts'), store };
const pods = new Pods(machine, addresses);
const edge = `http://${addresses.get('green-edge')}:8080`;
// What `helm test` runs, with its variables.
const submit = async () => {
  const env = { GC_EDGE_URL: edge, GC_TOKEN: firstSteps('token', folder, tenant) };
  const script = [inChart('files/submit-task.mjs')];
  return (await promisify(execFile)(process.execPath, script, { env })).stdout.trim();
};

try {
  // GitOps tools start everything at once: services have to wait for their schemas.
  for (const pod of others) await pods.start(pod);
  for (const pod of others) {
    const running = pods.running.get(pod.name);
    const alive =
      running !== undefined && (await becomesGreen(running, pod.container.startupProbe));
    seen(`${pod.component} lives before its schema is there`, alive);
  }
  for (const job of [...migrations, ...migrations]) {
    seen(`${job.component} ends well, also the second time`, (await pods.finish(job)) === 0);
  }
  for (const pod of others) {
    const running = pods.running.get(pod.name);
    const { readinessProbe: probe } = pod.container;
    const green = running !== undefined && (await becomesGreen(running, probe));
    seen(`${pod.component} is ready (${probe?.grpc === undefined ? 'HTTP' : 'gRPC'})`, green);
  }
  firstSteps('enrol', folder, tenant, edge, nodeId);
  store.node.token = readFileSync(join(folder, 'node', 'token'), 'utf8');
  const running = await pods.start(agent);
  seen('node-agent is ready', await becomesGreen(running, agent.container.readinessProbe));

  const watching = watchConnections(pods);
  const first = await submit();
  seen(`helm test: ${first}`, true);
  for (const line of compareWithPolicies(manifests, services, await watching.stop(), addresses)) {
    seen(line.text, line.good);
  }
  for (const { pod, pid } of pods.running.values()) {
    process.stdout.write(`  ${pod.component}: ${memoryOf(pid)} MiB resident\n`);
  }

  for (const pod of services) {
    const { code, ms } = await pods.stop(pod);
    seen(`${pod.component} ends with ${code} ${ms} ms after SIGTERM`, code === 0);
    const again = await pods.start(pod);
    seen(
      `${pod.component} is ready again`,
      await becomesGreen(again, pod.container.readinessProbe),
    );
  }
  const task = first.split(' ')[1];
  const answer = await fetch(`${edge}/v1/task/${task}/result`, {
    headers: { authorization: firstSteps('token', folder, tenant) },
  });
  seen('the first result is still there', (await answer.text()) === 'THE SUN SHINES');
  seen(`after everything was restarted: ${await submit()}`, true);
} catch (error) {
  process.stdout.write(`${String(error)}\n`);
  failed += 1;
} finally {
  pods.stopAll();
}
if (failed === 0) rmSync(folder, { recursive: true });
else process.stdout.write(`logs are in ${folder}\n`);
process.exitCode = failed === 0 ? 0 : 1;
