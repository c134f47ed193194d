import type { LoadJob, LoadResult, Phase } from './client/job.ts';
import { type Client, startClient } from './client/run-client.ts';
import { readProcess } from './processes/proc-files.ts';
import {
  type PeakMemory,
  type WatchedProcess,
  watchProcesses,
} from './processes/watch-processes.ts';
import type { RunningSystem, Say } from './systems/system.ts';

/** What one process and its children took. */
export type ProcessFigures = Omit<WatchedProcess, 'pid'> &
  PeakMemory & {
    /** From the first POST of the burst to its last seen finish. */
    readonly cpuSeconds: number;
  };

/** One system under the load, once. */
export type Turn = LoadResult & { readonly processes: readonly ProcessFigures[] };

export type TurnOptions = {
  readonly load: Omit<LoadJob, 'door'>;
  readonly signal: AbortSignal;
  readonly say: Say;
  /** Once it was driven, while it still runs. */
  readonly after?: () => Promise<void>;
};

/** Starts a system, drives it, ends it. Rejects with which process ended and what they wrote last. */
export async function takeTurn(
  start: () => Promise<RunningSystem>,
  options: TurnOptions,
): Promise<Turn> {
  options.signal.throwIfAborted();
  options.say('starting');
  await using system = await start();
  options.signal.throwIfAborted();
  await using client = await startClient(options.signal);
  try {
    const turn = await drive(system, client, options);
    await options.after?.();
    return turn;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const account = [reason, ...deathsAmong(system.processes)];
    throw new Error([...account, ...lastLines(system.output())].join('\n'), { cause: error });
  }
}

async function drive(system: RunningSystem, client: Client, options: TurnOptions): Promise<Turn> {
  const { load, say } = options;
  const itself: WatchedProcess = { name: 'client', kind: 'client', pid: client.pid };
  const processes = [...system.processes, itself];
  await using watch = watchProcesses(processes);
  const cpu = new Map<Phase, ReadonlyMap<string, number>>();
  const result = await client.run({ ...load, door: system.door }, (phase) => {
    say(phase);
    cpu.set(phase, watch.cpuSeconds());
  });
  const peaks = watch.peaks();
  const figures = processes.map(({ name, kind }) => ({
    name,
    kind,
    cpuSeconds: secondsOf(cpu, 'sweep', name) - secondsOf(cpu, 'burst', name),
    ...(peaks.get(name) ?? { rssMb: 0, treeRssMb: 0 }),
  }));
  return { ...result, processes: figures };
}

function secondsOf(
  cpu: ReadonlyMap<Phase, ReadonlyMap<string, number>>,
  phase: Phase,
  name: string,
): number {
  return cpu.get(phase)?.get(name) ?? 0;
}

/** A refused connection says little; that the server behind it has ended says why. */
function deathsAmong(processes: readonly WatchedProcess[]): string[] {
  const dead = processes.filter(({ pid }) => readProcess(pid) === 'gone');
  return dead.map(({ name, pid }) => `${name} (pid ${pid}) has ended`);
}

function lastLines(output: string): string[] {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-10).map((line) => `  ${line}`);
}
