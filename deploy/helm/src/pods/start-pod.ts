import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentOf, mountsOf, type Store } from './cluster-files.ts';
import type { Pod } from './pod-manifest.ts';

export interface Machine {
  /** A folder for logs and volumes. */
  readonly folder: string;
  /** `<images>/<service>/app` for each image. */
  readonly images: string;
  readonly node: string;
  /** The lines of /etc/hosts: what a cluster's DNS would answer. */
  readonly hosts: string;
  readonly store: Store;
}

export interface RunningPod {
  readonly pod: Pod;
  readonly address: string;
  /** Of the process itself, as this machine numbers it. */
  readonly pid: number;
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
}

/**
 * One container as its manifest says: command, directory and variables, a read-only root, its user,
 * no capabilities, its volumes and a /tmp. PID 1, so that a signal means what it means in a pod.
 */
export async function startPod(pod: Pod, address: string, machine: Machine): Promise<RunningPod> {
  const { container } = pod;
  const infoFile = join(machine.folder, `${pod.name}.json`);
  const command = [...container.command, ...container.args];
  const args = [...sandboxOf(pod, machine), '--info-fd', '3', '--', ...command];
  const log = openSync(logOf(pod, machine), 'a');
  const info = openSync(infoFile, 'w');
  const child = spawn('bwrap', args, {
    stdio: ['ignore', log, log, info],
    env: environmentOf(pod, address, machine.store),
  });
  const exited = exitOf(child);
  for (const file of [log, info]) closeSync(file);
  return { pod, address, pid: await childPid(infoFile), exited };
}

export function logOf({ name }: Pod, { folder }: Machine): string {
  return join(folder, `${name}.log`);
}

function sandboxOf(pod: Pod, { folder, images, node, hosts, store }: Machine): string[] {
  // greencloud/edge:0.1.0
  const image = join(images, pod.container.image.replace(/^.*\//, '').replace(/:.*$/, ''), 'app');
  const user = String(pod.user);
  const system = [
    '/lib',
    '/lib64',
    '/usr/lib',
    '/usr/bin',
    '/bin',
    '/etc/ssl',
    '/etc/nsswitch.conf',
  ];
  return [
    ['--unshare-user', '--unshare-pid', '--as-pid-1', '--die-with-parent'],
    ['--uid', user, '--gid', user, '--cap-drop', 'ALL'],
    ...system.filter((path) => existsSync(path)).map((path) => ['--ro-bind', path, path]),
    ['--ro-bind', node, '/nodejs/bin/node', '--ro-bind', image, '/app'],
    ['--ro-bind', hosts, '/etc/hosts', '--proc', '/proc', '--dev', '/dev'],
    // As in a pod: Node reads its memory limit there.
    ['--ro-bind-try', '/sys/fs/cgroup', '/sys/fs/cgroup'],
    mountsOf(pod, folder, store),
    ['--remount-ro', '/', '--chdir', pod.container.workingDir ?? '/'],
  ].flat();
}

async function childPid(infoFile: string): Promise<number> {
  for (let tries = 0; tries < 500; tries += 1) {
    const text = readFileSync(infoFile, 'utf8');
    if (text.includes('}')) return (JSON.parse(text) as { 'child-pid': number })['child-pid'];
    await sleep(10);
  }
  throw new Error('bubblewrap did not start the container');
}

async function exitOf(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null }> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return { code, signal };
}

/** As a kubelet does, but for the pause before: SIGTERM, and SIGKILL at the end of the grace. */
export async function stopPod(running: RunningPod): Promise<{ code: number | null; ms: number }> {
  const pause = running.pod.container.lifecycle?.preStop.sleep.seconds ?? 0;
  const graceMs = (running.pod.graceSeconds - pause) * 1_000;
  const startedAt = performance.now();
  process.kill(running.pid, 'SIGTERM');
  const limit = setTimeout(() => process.kill(running.pid, 'SIGKILL'), graceMs);
  const { code } = await running.exited;
  clearTimeout(limit);
  return { code, ms: Math.round(performance.now() - startedAt) };
}
