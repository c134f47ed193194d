import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { customResources } from '../schemas/write-schemas.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { applyDry, create, createNamed, dryRun } from './dry-run.ts';
import { type Manifest, readManifests } from './manifest.ts';

// node main.ts PORT TOKEN CA NAMESPACE --crds FOLDER… -- MANIFESTS…
const [port, token = '', caFile = '', namespace = '', , ...rest] = process.argv.slice(2);
const folders = rest.slice(0, rest.indexOf('--'));
const files = rest.slice(rest.indexOf('--') + 1);
const api = createApiClient(Number(port), token, caFile);

await createNamespace(api, namespace);
const definitions = folders
  .flatMap(customResources)
  .filter(({ kind }) => kind === 'CustomResourceDefinition');
for (const definition of definitions) await create(api, unlabelled(definition));
await allServed(api, files.flatMap(readManifests));

let failed = 0;
let objects = 0;
const control = await guardBites(api, namespace);
report('a pod that gives nothing up is refused (control)', control === 'refused' ? [] : [control]);
for (const file of files) {
  const manifests = readManifests(file).map((it) => inNamespace(it, namespace));
  await createNamed(api, manifests);
  objects += manifests.length;
  report(`${file}: ${manifests.length} objects and their pods`, await dryRun(api, manifests));
}
process.stdout.write(`took ${objects} objects and the pods that they would make\n`);
process.exitCode = failed === 0 ? 0 : 1;

function report(what: string, refusals: readonly string[]): void {
  process.stdout.write(`${refusals.length === 0 ? 'ok' : 'REFUSED'} ${what}\n`);
  for (const refusal of refusals) process.stdout.write(`   ${refusal}\n`);
  failed += refusals.length;
}

/** Enforced, warned of and audited alike. */
async function createNamespace(client: ApiClient, name: string): Promise<void> {
  const level = { enforce: 'restricted', warn: 'restricted', audit: 'restricted' };
  const labels = Object.fromEntries(
    Object.entries(level).map(([mode, value]) => [`pod-security.kubernetes.io/${mode}`, value]),
  );
  const metadata = { name, labels };
  await create(client, { apiVersion: 'v1', kind: 'Namespace', metadata });
}

// Some projects' definitions are templates of a chart, in their labels only.
function unlabelled(definition: object): Manifest {
  const { metadata, ...rest } = definition as Manifest;
  return { ...rest, metadata: { ...metadata, labels: {} } };
}

// A definition is served a moment after it was created.
async function allServed(client: ApiClient, manifests: readonly Manifest[]): Promise<void> {
  const groups = new Set(
    manifests.map(({ apiVersion }) => apiVersion).filter((version) => version.includes('.')),
  );
  for (const group of groups) {
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await client.call('GET', `/apis/${group}`)).status === 200) break;
      await sleep(100);
    }
  }
}

async function guardBites(client: ApiClient, name: string): Promise<string> {
  const serviceAccount = { name: 'default', namespace: name };
  await create(client, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: serviceAccount });
  const container = { name: 'root', image: 'root' };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'root', namespace: name } };
  const refusal = await applyDry(client, { ...pod, spec: { containers: [container] } } as Manifest);
  if (refusal === undefined) return 'it was let through';
  return refusal.includes('violates PodSecurity') ? 'refused' : refusal;
}

function inNamespace(manifest: Manifest, name: string): Manifest {
  return { ...manifest, metadata: { namespace: name, ...manifest.metadata } };
}
