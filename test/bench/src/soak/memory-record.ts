import { setTimeout as sleep } from 'node:timers/promises';
import { readTree } from '../processes/process-tree.ts';
import type { WatchedProcess } from '../processes/watch-processes.ts';
import type { Sample } from './growth.ts';

export type MemoryRecord = AsyncDisposable & {
  /** By name, in the order of time. */
  samples(): ReadonlyMap<string, readonly Sample[]>;
  /** Names of those that have ended. */
  ended(): readonly string[];
};

/** Looks at each process again and again until disposed; `onLook` hears of each round. */
export function recordMemory(
  processes: readonly WatchedProcess[],
  everyMs: number,
  onLook: (minute: number, round: ReadonlyMap<string, Sample>) => void,
): MemoryRecord {
  const roots = new Set(processes.map(({ pid }) => pid));
  const samples = new Map(processes.map(({ name }) => [name, [] as Sample[]]));
  const ended = new Set<string>();
  const end = new AbortController();
  const start = performance.now();

  const look = () => {
    const minute = (performance.now() - start) / 60_000;
    const round = new Map<string, Sample>();
    for (const { name, pid } of processes) {
      const reading = readTree(pid, roots);
      if (reading === 'gone') ended.add(name);
      else round.set(name, { minute, rssMb: reading.rssMb, treeRssMb: reading.treeRssMb });
    }
    for (const [name, sample] of round) samples.get(name)?.push(sample);
    onLook(minute, round);
  };
  const watching = (async () => {
    while (!end.signal.aborted) {
      look();
      await sleep(everyMs, undefined, { signal: end.signal }).catch(() => undefined);
    }
  })();
  return {
    samples: () => samples,
    ended: () => [...ended],
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await watching;
    },
  };
}
