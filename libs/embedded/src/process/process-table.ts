import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The command line of a living process, words joined by one space, else `gone`. */
export async function commandLine(pid: number): Promise<string> {
  try {
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return words === '' ? 'gone' : words.replaceAll('\0', ' ').trim();
  } catch {
    return process.platform === 'linux' ? 'gone' : commandLineByPs(pid);
  }
}

async function commandLineByPs(pid: number): Promise<string> {
  try {
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout.trim() === '' ? 'gone' : stdout.trim();
  } catch {
    return 'gone';
  }
}

/**
 * Ends a process of an earlier run if its command line still holds every one of `marks`; a number
 * that now belongs to another program is left alone. Past `limitMs` it is killed.
 */
export async function endLeftOver(
  pid: number,
  marks: readonly string[],
  signal: NodeJS.Signals,
  limitMs = 8_000,
): Promise<'ended' | 'not-ours'> {
  const isOurs = async () => {
    const line = await commandLine(pid);
    return marks.every((mark) => line.includes(mark));
  };
  if (!(await isOurs())) return 'not-ours';
  const limit = Date.now() + limitMs;
  send(pid, signal);
  while (await isOurs()) {
    if (Date.now() > limit) send(pid, 'SIGKILL');
    await sleep(50);
  }
  return 'ended';
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself between the look and the signal.
  }
}
