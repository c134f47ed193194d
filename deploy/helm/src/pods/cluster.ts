import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createAuthority } from '@greencloud/embedded';
import { withNats, withPostgresServer } from '@greencloud/testing';
import { type Manifest, readManifests } from '../cluster/manifest.ts';
import { inChart, inRepository } from '../repository.ts';
import { issueSecrets } from './certificates.ts';
import type { Store } from './cluster-files.ts';
import { openIssuer } from './issuer.ts';
import { type Pod, podsOf } from './pod-manifest.ts';
import { type ClusterValues, valuesFor } from './values.ts';

export interface Cluster {
  readonly folder: string;
  readonly manifests: readonly Manifest[];
  /** Without the agent. */
  readonly services: readonly Pod[];
  readonly agent: Pod;
  readonly migrations: readonly Pod[];
  readonly rebuild: Pod;
  readonly test: Pod;
  readonly addresses: ReadonlyMap<string, string>;
  readonly hosts: string;
  readonly store: Record<string, Readonly<Record<string, string>>>;
  /** Ports of what is outside: Postgres, NATS, the issuer. */
  readonly servers: ReadonlySet<string>;
  /** With 127.0.0.1; the pods know it by a name. */
  readonly databaseUrl: string;
  close(): Promise<void>;
}

/** deploy/docker/first-steps.mjs: keys, tokens, the first node. */
export function firstSteps(...args: string[]): string {
  const script = inRepository('deploy/docker/first-steps.mjs');
  return execFileSync(process.execPath, [script, ...args], { encoding: 'utf8' }).trim();
}

/** Real servers around the pods, and the chart rendered for them: what a cluster would hold. */
export async function openCluster(
  folder: string,
  helm: string,
  values: Pick<ClusterValues, 'transport' | 'tenant' | 'nodeId'>,
): Promise<Cluster> {
  const servers = new AsyncDisposableStack();
  const postgres = servers.use(await withPostgresServer());
  const nats = servers.use(await withNats());
  firstSteps('keys', folder);
  const jwks = readFileSync(join(folder, 'public', 'jwks.json'), 'utf8');
  const notAfter = new Date(Date.now() + 3_600_000);
  const authority = await createAuthority({ commonName: 'GreenCloud chart', notAfter });
  const issuer = await openIssuer(authority, 'issuer.id.svc', jwks);
  servers.defer(issuer.close);

  const ports = {
    database: Number(new URL(postgres.url).port),
    nats: Number(new URL(nats.url).port),
    jwks: issuer.port,
  };
  const manifests = render(helm, folder, valuesFor({ ...values, ports }));
  const store: Record<string, Readonly<Record<string, string>>> = {
    ...(await issueSecrets(authority, manifests)),
    ...configMapsOf(manifests),
    db: { uri: named(postgres.url, 'postgres.db.svc') },
    trust: { 'ca.crt': authority.certificate },
    token: { token: firstSteps('token', folder, values.tenant) },
    node: { token: '' },
  };
  const pods = podsByRole(manifests);
  const addresses = new Map(
    [...pods.services, pods.agent].map(({ name }, index) => [name, `127.0.10.${index + 1}`]),
  );
  return {
    folder,
    manifests,
    addresses,
    store,
    ...pods,
    hosts: writeHosts(folder, addresses),
    servers: new Set(Object.values(ports).map(String)),
    databaseUrl: postgres.url,
    close: () => servers.disposeAsync(),
  };
}

function render(helm: string, folder: string, values: object): Manifest[] {
  writeFileSync(join(folder, 'values.json'), JSON.stringify(values));
  const chart = ['template', 'gc', inChart(''), '--namespace', 'ns', '--kube-version', '1.37.0'];
  const rendered = execFileSync(helm, [...chart, '-f', join(folder, 'values.json')]);
  writeFileSync(join(folder, 'manifests.yaml'), rendered);
  return readManifests(join(folder, 'manifests.yaml'));
}

function podsByRole(manifests: readonly Manifest[]) {
  const deployments = podsOf(manifests, 'Deployment');
  const agent = deployments.find(({ component }) => component === 'node-agent');
  const [rebuild] = podsOf(manifests, 'CronJob');
  const [test] = podsOf(manifests, 'Pod');
  if (agent === undefined || rebuild === undefined || test === undefined) {
    throw new Error('the chart has no agent, no rebuild or no test');
  }
  const services = deployments.filter((pod) => pod !== agent);
  return { agent, rebuild, test, services, migrations: podsOf(manifests, 'Job') };
}

function configMapsOf(manifests: readonly Manifest[]): Store {
  const maps = manifests.filter(({ kind }) => kind === 'ConfigMap');
  return Object.fromEntries(maps.map(({ metadata, data = {} }) => [metadata.name, data]));
}

/** What a cluster's DNS would answer. */
function writeHosts(folder: string, addresses: ReadonlyMap<string, string>): string {
  const lines = [...addresses].map(([name, address]) => `${address} ${name}.ns.svc`);
  lines.push(`${addresses.get('green-scheduler')} green-nodes.ns.svc`);
  lines.push('127.0.0.1 localhost postgres.db.svc nats.bus.svc issuer.id.svc');
  writeFileSync(join(folder, 'hosts'), `${lines.join('\n')}\n`);
  return join(folder, 'hosts');
}

/** The same server by a name. */
export function named(url: string, host: string): string {
  const changed = new URL(url);
  changed.hostname = host;
  return changed.href;
}
