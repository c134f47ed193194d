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
export async function readTree(
  root: number,
  others: ReadonlySet<number>,
): Promise<TreeReading | 'gone'> {
  const own = await readProcess(root);
  if (own === 'gone') return 'gone';
  const descendants = await readDescendants(root, others);
  return sumTree(own, descendants);
}

async function readDescendants(
  pid: number,
  others: ReadonlySet<number>,
): Promise<ProcessReading[]> {
  const children = (await childrenOf(pid)).filter((child) => !others.has(child));
  const readings = await Promise.all(
    children.map(async (child) => {
      const own = await readProcess(child);
      const below = await readDescendants(child, others);
      return own === 'gone' ? below : [own, ...below];
    }),
  );
  return readings.flat();
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
