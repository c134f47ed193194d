import { setTimeout as sleep } from 'node:timers/promises';
import { readTree, type TreeReading } from './process-tree.ts';

export type WatchedProcess = {
  readonly name: string;
  /** `service`: held to the memory target. `server`: Postgres and its like. `client`: the load. */
  readonly kind: 'service' | 'server' | 'client';
  readonly pid: number;
};

export type PeakMemory = { readonly rssMb: number; readonly treeRssMb: number };

export type ProcessWatch = AsyncDisposable & {
  /** CPU seconds of each tree since it started, by name. Throws when one is gone. */
  cpuSeconds(): ReadonlyMap<string, number>;
  peaks(): ReadonlyMap<string, PeakMemory>;
};

/** A look at 60 processes takes 5 ms of CPU: 2 % of one core. */
const LOOK_EVERY_MS = 250;

/** Looks at each process and its children again and again until disposed. */
export function watchProcesses(processes: readonly WatchedProcess[]): ProcessWatch {
  const roots = new Set(processes.map(({ pid }) => pid));
  const peaks = new Map<string, PeakMemory>();
  const end = new AbortController();

  const look = (one: WatchedProcess): TreeReading | 'gone' => {
    const reading = readTree(one.pid, roots);
    if (reading !== 'gone') peaks.set(one.name, higher(peaks.get(one.name), reading));
    return reading;
  };
  const watching = (async () => {
    while (!end.signal.aborted) {
      for (const one of processes) look(one);
      await sleep(LOOK_EVERY_MS, undefined, { signal: end.signal }).catch(() => undefined);
    }
  })();

  return {
    cpuSeconds() {
      const entries = processes.map((one) => {
        const reading = look(one);
        if (reading === 'gone') throw new Error(`${one.name} (pid ${one.pid}) ended in the run`);
        return [one.name, reading.cpuSeconds] as const;
      });
      return new Map(entries);
    },
    peaks: () => peaks,
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await watching;
    },
  };
}

function higher(before: PeakMemory | undefined, now: PeakMemory): PeakMemory {
  return {
    rssMb: Math.max(before?.rssMb ?? 0, now.rssMb),
    treeRssMb: Math.max(before?.treeRssMb ?? 0, now.treeRssMb),
  };
}
