import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { leash } from './leash.ts';
import { forEachLine, type OnLine } from './lines.ts';

/** How a server ended: by itself with a code, or by a signal. */
export type ServerExit = { code: number | null; signal: NodeJS.Signals | null };

export type ServerProcess = {
  readonly pid: number;
  /** Resolves when the process has ended, whoever ended it. */
  readonly exited: Promise<ServerExit>;
  /** Resolves when its last line is read; children that it left may keep its output open. */
  readonly outputEnded: Promise<void>;
  /** Ends it in order; past `limitMs` (default 8,000) by SIGKILL. Safe to call again. */
  stop(limitMs?: number): Promise<void>;
  /** Sends one signal and waits for nothing. Made for failure tests. */
  kill(signal: NodeJS.Signals): void;
};

export type ServerCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly identity?: { readonly uid?: number; readonly gid?: number };
  readonly stopSignal: 'SIGINT' | 'SIGTERM';
  readonly onLine: OnLine;
};

/**
 * Starts a server in a process group of its own, so that a terminal's Ctrl-C reaches it only
 * through our ordered shutdown, on a leash, so that it cannot outlive us.
 */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const child = spawn(command.command, command.args, {
    cwd: command.cwd,
    env: command.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...command.identity,
  });
  forEachLine(child.stdout, command.onLine);
  forEachLine(child.stderr, command.onLine);
  await once(child, 'spawn');
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command.command} has no process id`);

  const tie = leash(pid, command.stopSignal === 'SIGINT' ? 'INT' : 'TERM');
  const exited = new Promise<ServerExit>((resolve) => {
    child.once('exit', (code, signal) => {
      tie.release();
      resolve({ code, signal });
    });
  });
  const outputEnded = new Promise<void>((resolve) => child.once('close', () => resolve()));

  return {
    pid,
    exited,
    outputEnded,
    kill: (signal) => void child.kill(signal),
    stop: async (limitMs = 8_000) => {
      child.kill(command.stopSignal);
      const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
      await exited.finally(() => clearTimeout(limit));
    },
  };
}
