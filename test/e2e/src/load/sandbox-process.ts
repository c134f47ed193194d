import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The process that runs a task of `deaf.mjs`, as this machine sees it (Linux). */
export async function sandboxOf(taskId: string, agents: readonly number[]): Promise<number> {
  for (const pid of await processes()) {
    if (!(await isBelow(pid, agents))) continue;
    if ((await read(pid, 'cmdline')).startsWith(taskId)) return pid;
  }
  throw new Error(`no sandbox of the agents runs ${taskId}`);
}

/** Resolves with the moment (ms) at which the process was first seen to have ended. */
export async function endOf(pid: number): Promise<number> {
  for (;;) {
    const state = /^State:\s+(\w)/m.exec(await read(pid, 'status'))?.[1];
    if (state === undefined || state === 'Z' || state === 'X') return performance.now();
    await sleep(1);
  }
}

async function processes(): Promise<number[]> {
  const names = await readdir('/proc');
  return names.map(Number).filter(Number.isInteger);
}

async function isBelow(pid: number, ancestors: readonly number[]): Promise<boolean> {
  for (let at = pid; at > 1; at = await parentOf(at)) if (ancestors.includes(at)) return true;
  return false;
}

async function parentOf(pid: number): Promise<number> {
  return Number(/^PPid:\s+(\d+)/m.exec(await read(pid, 'status'))?.[1] ?? 0);
}

/** Empty for a process that has gone meanwhile. */
async function read(pid: number, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}
