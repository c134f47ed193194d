import { readFileSync } from 'node:fs';

/** What Linux says of one process. */
export type ProcessReading = {
  /** User and system time, its own and that of children it has waited for. */
  readonly cpuSeconds: number;
  readonly anonMb: number;
  /** Mapped files, mostly the program itself: shared by all that run it. */
  readonly fileMb: number;
  /** Shared memory, such as Postgres' buffers. */
  readonly sharedMb: number;
};

/** USER_HZ: what the kernel tells user space on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Reads one process, or `gone`. Not by promises: these files are in memory, and the way through the
 * thread pool cost 7 % of a machine with two cores where 60 processes were watched (`perf record`).
 */
export function readProcess(pid: number): ProcessReading | 'gone' {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return { cpuSeconds: parseCpuSeconds(stat), ...parseMemory(status) };
  } catch {
    return 'gone';
  }
}

/** The processes that it started and that still live. All ours fork from their main thread. */
export function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** `/proc/<pid>/stat`: the program's name, in brackets, may itself hold spaces and brackets. */
export function parseCpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks / TICKS_PER_SECOND;
}

/** `/proc/<pid>/status`: a process that ended and is not waited for yet has no memory lines. */
export function parseMemory(status: string): Omit<ProcessReading, 'cpuSeconds'> {
  const megabytes = (name: string) => {
    const [, kilobytes = '0'] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status) ?? [];
    return Number(kilobytes) / 1024;
  };
  return {
    anonMb: megabytes('RssAnon'),
    fileMb: megabytes('RssFile'),
    sharedMb: megabytes('RssShmem'),
  };
}
