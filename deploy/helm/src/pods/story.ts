import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod, Probe } from './pod-manifest.ts';
import { probeOnce } from './probe.ts';
import { type Machine, logOf, type RunningPod, startPod, stopPod } from './start-pod.ts';

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

  at({ name }: Pod): RunningPod {
    const running = this.running.get(name);
    if (running === undefined) throw new Error(`${name} does not run`);
    return running;
  }

  /** Process → component. */
  components(): Map<number, string> {
    return new Map([...this.running.values()].map(({ pid, pod }) => [pid, pod.component]));
  }

  /** Runs a pod to its end, as a Job does. */
  async finish(pod: Pod): Promise<number | null> {
    const { exited } = await this.start(pod);
    const { code } = await exited;
    this.running.delete(pod.name);
    return code;
  }

  /** The last line that a pod wrote; of an error, the line that says it. */
  lastLine(pod: Pod): string {
    const lines = readFileSync(logOf(pod, this.#machine), 'utf8').trimEnd().split('\n');
    return lines.findLast((line) => /^\w*Error: /.test(line)) ?? lines.at(-1) ?? '';
  }

  async stop(pod: Pod): Promise<{ code: number | null; ms: number }> {
    const running = this.at(pod);
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
