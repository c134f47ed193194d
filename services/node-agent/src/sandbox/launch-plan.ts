import { join } from 'node:path';
import { bwrapArguments, insideNode, insideRunner } from './bwrap-arguments.ts';
import type { LaunchPlace, SandboxUser } from './launch-place.ts';

/** A command line, and what a person may know of it. */
export interface LaunchPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly user: SandboxUser;
  /** What it reads on SECCOMP_FD: its seccomp filter, if it has one. */
  readonly filter?: Buffer;
  /**
   * What it may do between tasks. Frozen, it can use no CPU that nobody gave it; but only what dies
   * with its parent may be frozen, for it does not see the end of its pipe.
   */
  readonly betweenTasks: 'frozen' | 'runs';
  readonly memoryMib: number;
}

// V8 maps 510 MiB of writable code range and 8 MiB of stack for each of up to 11 threads before a
// lambda's first byte (VmData 560 MiB, measured with Node 24 on x64); the rest is room for V8's
// own data. Bytes in Buffers are outside of the heap limit: this one stops them.
const NODE_DATA_MIB = 704;
const OPEN_FILES = 64;
// The pool retires a sandbox long before. This is for one whose agent was killed while it looped.
const CPU_SECONDS = 1_800;

/** How a sandbox with so much memory for the lambda is started at this place. */
export function planLaunch(place: LaunchPlace, memoryMib: number): LaunchPlan {
  const inner = withLimits(commandLine(place, memoryMib), memoryMib);
  const plan = { command: '/bin/sh', args: inner, user: place.user, memoryMib };
  if (place.isolation.kind === 'process') return { ...plan, betweenTasks: 'runs' };
  return { ...plan, betweenTasks: 'frozen', filter: place.isolation.filter };
}

function commandLine(place: LaunchPlace, memoryMib: number): string[] {
  const { isolation, node, runner } = place;
  if (isolation.kind === 'process') return [node, ...nodeArguments(runner, memoryMib)];
  const inside = [insideNode, ...nodeArguments(insideRunner, memoryMib)];
  return [isolation.bwrap, ...bwrapArguments(place), '--', ...inside];
}

/** Node's own guards: no file but the runner's, no child, worker, addon, inspector or WASI. */
function nodeArguments(runner: string, memoryMib: number): string[] {
  return [
    '--permission',
    `--allow-fs-read=${join(runner, '*')}`,
    `--max-old-space-size=${memoryMib}`,
    '--disable-proto=delete',
    '--disable-sigusr1',
    '--no-addons',
    '--no-global-search-paths',
    '--no-experimental-sqlite',
    join(runner, 'main.mjs'),
  ];
}

/**
 * Resource limits by the shell, since Node has no setrlimit. `exec` leaves no shell behind, so the
 * process keeps its id. No core dump: it would be a tenant's memory on the owner's disk.
 */
function withLimits(inner: readonly string[], memoryMib: number): string[] {
  const dataKib = (NODE_DATA_MIB + memoryMib) * 1_024;
  const limits = [`-c 0`, `-n ${OPEN_FILES}`, `-t ${CPU_SECONDS}`, `-d ${dataKib}`];
  const script = limits.map((limit) => `ulimit ${limit} && `).join('');
  return ['-c', `${script}exec "$@"`, 'sandbox', ...inner];
}
