import { childrenOf, type ProcessReading, readProcess } from './proc-files.ts';

/** One process together with what it started. */
export type TreeReading = {
  readonly cpuSeconds: number;
  /** Of the process itself, as `ps` shows it. */
  readonly rssMb: number;
  /** Of the whole tree, with pages that all share counted once. */
  readonly treeRssMb: number;
};

/** Reads a tree, leaving out branches whose root is watched by itself. */
export function readTree(root: number, others: ReadonlySet<number>): TreeReading | 'gone' {
  const own = readProcess(root);
  return own === 'gone' ? 'gone' : sumTree(own, readDescendants(root, others));
}

function readDescendants(pid: number, others: ReadonlySet<number>): ProcessReading[] {
  const children = childrenOf(pid).filter((child) => !others.has(child));
  return children.flatMap((child) => {
    const own = readProcess(child);
    const below = readDescendants(child, others);
    return own === 'gone' ? below : [own, ...below];
  });
}

/**
 * The plain sum of RSS would count Postgres' buffers once for each connection and Node's program
 * once for each sandbox: 60 backends would look like gigabytes. Private pages are summed; of
 * shared ones the largest share of any process stands for all.
 */
export function sumTree(own: ProcessReading, descendants: readonly ProcessReading[]): TreeReading {
  const all = [own, ...descendants];
  const sum = (of: keyof ProcessReading) => all.reduce((total, one) => total + one[of], 0);
  const largest = (of: keyof ProcessReading) => Math.max(...all.map((one) => one[of]));
  return {
    cpuSeconds: sum('cpuSeconds'),
    rssMb: own.anonMb + own.fileMb + own.sharedMb,
    treeRssMb: sum('anonMb') + largest('fileMb') + largest('sharedMb'),
  };
}
