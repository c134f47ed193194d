import { execFileSync } from 'node:child_process';

export interface Connection {
  readonly pid: number;
  readonly peer: string;
}

/** Connections that these processes, or what they started, have opened now: pid → address:port. */
export function connectionsOf(pids: ReadonlySet<number>): Connection[] {
  const lines = execFileSync('ss', ['-Htnp', 'state', 'established'], { encoding: 'utf8' });
  return lines.split('\n').flatMap((line) => {
    const [, , , peer = ''] = line.trim().split(/\s+/);
    return [...line.matchAll(/pid=(\d+)/g)]
      .map(([, pid]) => ({ pid: Number(pid), peer }))
      .filter(({ pid }) => pids.has(pid));
  });
}
