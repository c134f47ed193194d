import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod, Probe } from './pod-manifest.ts';
import { probeOnce } from './probe.ts';
import { type Machine, type RunningPod, startPod, stopPod } from './start-pod.ts';

/** Starts pods at addresses of their own, 127.0.10.1 and on, and keeps them by name. */
export class Pods {
  readonly running = new Map<string, RunningPod>();
  readonly #machine: Machine;
  readonly #addresses: ReadonlyMap<string, string>;

  constructor(machine: Machine, addresses: ReadonlyMap<string, string>) {
    this.#machine = machine;
    this.#addresses = addresses;
  }

  async start(pod: Pod): Promise<RunningPod> {
    const address = this.#addresses.get(pod.name) ?? '127.0.10.200';
    const running = await startPod(pod, address, this.#machine);
    this.running.set(pod.name, running);
    return running;
  }

  /** Runs a pod to its end, as a Job does. */
  async finish(pod: Pod): Promise<number | null> {
    const { exited } = await this.start(pod);
    this.running.delete(pod.name);
    return (await exited).code;
  }

  async stop(pod: Pod): Promise<{ code: number | null; ms: number }> {
    const running = this.running.get(pod.name);
    if (running === undefined) throw new Error(`${pod.name} does not run`);
    this.running.delete(pod.name);
    return stopPod(running);
  }

  stopAll(): void {
    for (const { pid } of this.running.values()) process.kill(pid, 'SIGKILL');
  }
}

/** Probes as often as the manifest says, until it is green or given up. */
export async function becomesGreen(
  running: RunningPod,
  probe: Probe | undefined,
): Promise<boolean> {
  if (probe === undefined) return false;
  for (let tries = 0; tries < 60; tries += 1) {
    if (await probeOnce(running, probe)) return true;
    await sleep(1_000);
  }
  return false;
}

/** Resident memory of a process, in MiB. */
export function memoryOf(pid: number): number {
  const text = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Math.round(Number(text.trim()) / 1_024);
}
