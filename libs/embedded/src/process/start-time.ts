import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * When a living process was started, as an opaque text, else `undefined`. Together with the pid it
 * names one process for good: pids are given again, and not at the same moment.
 */
export async function startTime(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? startTimeByProc(pid) : startTimeByPs(pid);
}

async function startTimeByProc(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the program's name in brackets, which may hold blanks; the first field
  // behind it is the state (Z: ended, not yet collected), field 22 the start.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

async function startTimeByPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
