import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvVar, Pod, Volume } from './pod-manifest.ts';

/** Secrets and ConfigMaps by name: what a cluster would hold. */
export type Store = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The variables of a pod, with what they refer to. `0.0.0.0` becomes the pod's own address. */
export function environmentOf(pod: Pod, address: string, store: Store): Record<string, string> {
  const entries = pod.container.env.map((variable) => [
    variable.name,
    valueOf(variable, pod, store).replace('0.0.0.0', address),
  ]);
  return { NODE_ENV: 'production', PATH: '/usr/bin:/bin', ...Object.fromEntries(entries) };
}

function valueOf({ name, value, valueFrom }: EnvVar, pod: Pod, store: Store): string {
  if (value !== undefined) return value;
  const resource = valueFrom?.resourceFieldRef?.resource;
  if (resource !== undefined) return wholeOf(pod, resource);
  const secret = valueFrom?.secretKeyRef;
  if (secret === undefined) return pod.name;
  const found = store[secret.name]?.[secret.key];
  if (found === undefined) throw new Error(`${name}: no ${secret.key} in ${secret.name}`);
  return found;
}

/** `requests.cpu` of 500m as a kubelet gives it with a divisor of 1: rounded up. */
function wholeOf({ name, container }: Pod, resource: string): string {
  const [kind = '', key = ''] = resource.split('.');
  const quantity = String(container.resources?.[kind]?.[key]);
  const milli = /^(\d+)m$/.exec(quantity)?.[1];
  const whole = Math.ceil(milli === undefined ? Number(quantity) : Number(milli) / 1_000);
  if (Number.isNaN(whole)) throw new Error(`${name}: ${resource} is ${quantity}`);
  return String(whole);
}

/** Writes a pod's volumes below a folder; gives the mounts of each as bubblewrap's arguments. */
export function mountsOf(pod: Pod, folder: string, store: Store): string[] {
  return pod.container.volumeMounts.flatMap(({ name, mountPath }) => {
    const volume = pod.volumes.find((it) => it.name === name);
    if (volume === undefined) throw new Error(`${pod.name}: no volume ${name}`);
    if (volume.emptyDir !== undefined) return ['--tmpfs', mountPath];
    const place = join(folder, pod.name, name);
    writeVolume(volume, place, store);
    return ['--ro-bind', place, mountPath];
  });
}

function writeVolume({ name, secret, configMap }: Volume, place: string, store: Store): void {
  const content = store[secret?.secretName ?? configMap?.name ?? ''];
  if (content === undefined) throw new Error(`no secret or ConfigMap for the volume ${name}`);
  mkdirSync(place, { recursive: true });
  const all = Object.keys(content).map((key) => ({ key, path: key }));
  for (const { key, path } of secret?.items ?? configMap?.items ?? all) {
    writeFileSync(join(place, path), content[key] ?? '', { mode: 0o444 });
  }
}
