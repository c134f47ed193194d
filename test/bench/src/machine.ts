import { statfs } from 'node:fs/promises';
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import type { Say } from './systems/system.ts';

/** Figures of different machines do not compare; this says which one they are of. */
export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
};

export function thisMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
  };
}

/** statfs(2): a file system in memory, where an fsync costs nothing. */
const TMPFS = 0x01021994;

/** Warns of what makes figures worthless without making them fail. */
export async function warnOfDisturbance(say: Say): Promise<void> {
  const [load = 0] = loadavg();
  if (load > 0.5) {
    say(`warning: others use this machine (load ${load.toFixed(1)}): figures will mean little`);
  }
  const { type: fileSystem } = await statfs(tmpdir());
  if (fileSystem === TMPFS) {
    say(`warning: ${tmpdir()} lies in memory, where commits cost nothing: set TMPDIR to a disk`);
  }
  if (process.platform !== 'linux') {
    say('warning: CPU and memory are read from /proc, which this system lacks');
  }
}
