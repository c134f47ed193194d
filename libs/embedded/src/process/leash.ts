import { spawn } from 'node:child_process';

/** Ends a server whose parent was killed without a chance to end it itself. */
export type Leash = { release(): void };

/**
 * Ties a process to the life of this one. A shell waits on a pipe that only this process holds
 * open: end of file means that we are gone, and the shell signals the server; a line means that
 * the server has ended and nothing is left to do.
 *
 * Why a shell: Node cannot ask for PR_SET_PDEATHSIG, and a second Node costs 40 MB against 1 MB.
 */
export function leash(pid: number, signal: 'INT' | 'TERM'): Leash {
  const script = 'read -r _ || kill -s "$2" "$1" 2>/dev/null';
  const shell = spawn('/bin/sh', ['-c', script, 'leash', String(pid), signal], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return { release: () => shell.stdin.end('\n') };
}
