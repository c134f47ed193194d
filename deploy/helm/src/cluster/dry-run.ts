import type { ApiClient, ApiResource } from './api-client.ts';
import { type Manifest, type PodSpec, podOf } from './manifest.ts';

/** `undefined` when the server took it without a word. */
export type Refusal = string | undefined;

/** Server-side apply, strict about unknown fields, of objects and of the pods they would make. */
export async function dryRun(api: ApiClient, manifests: readonly Manifest[]): Promise<string[]> {
  const refusals: string[] = [];
  for (const manifest of manifests.flatMap(withPod)) {
    const refusal = await applyDry(api, manifest);
    if (refusal !== undefined)
      refusals.push(`${manifest.kind} ${manifest.metadata.name}: ${refusal}`);
  }
  return refusals;
}

function withPod(manifest: Manifest): Manifest[] {
  const pod = podOf(manifest);
  return pod === undefined ? [manifest] : [manifest, pod];
}

export async function applyDry(api: ApiClient, manifest: Manifest): Promise<Refusal> {
  const path = await pathOf(api, manifest);
  if (path === undefined) return `the server knows no ${manifest.apiVersion} ${manifest.kind}`;
  const query = 'fieldManager=check&fieldValidation=Strict&force=true&dryRun=All';
  const { status, body, warnings } = await api.call('PATCH', `${path}?${query}`, manifest);
  if (status >= 300) return `${status} ${body.message ?? ''}`;
  return warnings.length === 0 ? undefined : `warned: ${warnings.join('; ')}`;
}

/** For real: what the others stand on. */
export async function create(api: ApiClient, manifest: Manifest): Promise<void> {
  const path = await pathOf(api, manifest);
  if (path === undefined) throw new Error(`no ${manifest.apiVersion} ${manifest.kind}`);
  const { status, body } = await api.call(
    'PATCH',
    `${path}?fieldManager=check&force=true`,
    manifest,
  );
  if (status >= 300) throw new Error(`${manifest.kind} ${manifest.metadata.name}: ${body.message}`);
}

/** Service accounts and priority classes that pods name: admission looks them up. */
export async function createNamed(api: ApiClient, manifests: readonly Manifest[]): Promise<void> {
  const pods = manifests.flatMap(withPod).filter(({ kind }) => kind === 'Pod');
  for (const pod of pods) {
    const { serviceAccountName, priorityClassName } = (pod.spec ?? {}) as PodSpec;
    const namespace = pod.metadata.namespace ?? 'default';
    await create(api, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: serviceAccountName ?? 'default', namespace },
    });
    if (priorityClassName === undefined || priorityClassName === '') continue;
    const named = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', value: 1_000 };
    await create(api, { ...named, metadata: { name: priorityClassName } });
  }
}

const known = new Map<string, readonly ApiResource[]>();

async function pathOf(api: ApiClient, { apiVersion, kind, metadata }: Manifest) {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const resources = known.get(root) ?? (await api.call('GET', root)).body.resources ?? [];
  if (resources.length > 0) known.set(root, resources);
  const resource = resources.find((it) => it.kind === kind && !it.name.includes('/'));
  if (resource === undefined) return undefined;
  const scope = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  return `${root}${scope}/${resource.name}/${metadata.name}`;
}
