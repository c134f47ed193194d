import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { REPOSITORY } from '../repository.ts';
import { lastLines, openLog } from './log-file.ts';
import { describeExit, type Exit, type RunningProcess } from './part.ts';

export type ServiceProgram = {
  /** Path of its main.ts. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
};

/** A service starts within 2 s; on a machine busy with tests, or with a slow disk, it needs more. */
const READY_LIMIT_MS = 60_000;

/**
 * Starts one of our services with an IPC channel and waits for its `ready`. It has a process group
 * of its own: a terminal's Ctrl-C must not end it before those that call it. When we are killed,
 * the channel breaks, and the service ends by itself.
 */
export async function launchService(
  program: ServiceProgram,
  signal: AbortSignal,
): Promise<RunningProcess> {
  const child = await spawnProgram(program, 'ipc');
  const exited = exitOf(child);
  const starting = AbortSignal.any([signal, AbortSignal.timeout(READY_LIMIT_MS)]);
  const first = await killedBy(starting, child, Promise.race([readyOf(child), exited]));
  if (first !== 'ready') throw await endedEarly(first, program);
  return { pid: pidOf(child), exited, stop: (limitMs) => stop(child, exited, limitMs) };
}

/** Runs a program of ours to its end; throws with its last lines unless it ends with code 0. */
export async function runProgram(program: ServiceProgram, signal: AbortSignal): Promise<void> {
  const child = await spawnProgram(program, 'ignore');
  const exit = await killedBy(signal, child, exitOf(child));
  if (exit.code !== 0) throw await endedEarly(exit, program);
}

/** Waits for something of the child, which is killed should the signal abort first. */
async function killedBy<T>(signal: AbortSignal, child: ChildProcess, wait: Promise<T>): Promise<T> {
  const kill = () => killGroup(child);
  if (signal.aborted) kill();
  signal.addEventListener('abort', kill, { once: true });
  return wait.finally(() => signal.removeEventListener('abort', kill));
}

async function spawnProgram(program: ServiceProgram, channel: 'ipc' | 'ignore') {
  const log = await openLog(program.logFile);
  try {
    const args = ['--conditions=@greencloud/source', program.entry, ...(program.args ?? [])];
    const child = spawn(process.execPath, args, {
      cwd: REPOSITORY,
      env: program.env,
      detached: true,
      stdio: ['ignore', log.fd, log.fd, channel],
    });
    await once(child, 'spawn');
    return child;
  } finally {
    await log.close();
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      // What it left behind in its group, had it not the time to end it.
      killGroup(child);
      resolve({ code, signal });
    });
  });
}

function readyOf(child: ChildProcess): Promise<'ready'> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      const isReady = typeof message === 'object' && 'type' in message && message.type === 'ready';
      if (isReady) resolve('ready');
    });
  });
}

async function stop(child: ChildProcess, exited: Promise<Exit>, limitMs: number): Promise<void> {
  child.kill('SIGTERM');
  const limit = setTimeout(() => killGroup(child), limitMs);
  await exited.finally(() => clearTimeout(limit));
}

function killGroup(child: ChildProcess): void {
  try {
    process.kill(-pidOf(child), 'SIGKILL');
  } catch {
    // Nobody is left in the group.
  }
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the process has no id');
  return child.pid;
}

async function endedEarly(exit: Exit, { entry, logFile }: ServiceProgram): Promise<Error> {
  const lines = await lastLines(logFile, 20);
  return new Error(`${entry} ended with ${describeExit(exit)}; last of ${logFile}:\n${lines}`);
}
