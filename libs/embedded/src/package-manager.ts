import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findOnPath } from './find-on-path.ts';
import { forEachLine, type OnLine } from './lines.ts';

export type InstallOutcome = { kind: 'installed' } | { kind: 'not-possible'; reason: string };

/** An index or a package of this size comes in seconds; a stuck mirror must not hang the start. */
const APT_LIMIT_MS = 120_000;

/** Installs one package by apt-get when root runs us, naming each command as it is run. */
export async function installPackage(name: string, onLine: OnLine): Promise<InstallOutcome> {
  if (process.getuid?.() !== 0) return { kind: 'not-possible', reason: 'not running as root' };
  const apt = await findOnPath('apt-get');
  if (apt === 'missing') return { kind: 'not-possible', reason: 'no apt-get on this system' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', name]]) {
    const failure = await runApt(apt, args, onLine);
    if (failure !== 'none') return { kind: 'not-possible', reason: failure };
  }
  return { kind: 'installed' };
}

async function runApt(
  apt: string,
  args: readonly string[],
  onLine: OnLine,
): Promise<string | 'none'> {
  const shown = `apt-get ${args.join(' ')}`;
  onLine(`running: ${shown}`);
  const child = spawn(apt, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: APT_LIMIT_MS,
    env: {
      PATH: '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin',
      DEBIAN_FRONTEND: 'noninteractive',
      LC_ALL: 'C',
    },
  });
  let last = '';
  const remember = (line: string) => {
    last = line;
  };
  forEachLine(child.stdout, remember);
  forEachLine(child.stderr, remember);
  const [code] = await once(child, 'close');
  return code === 0 ? 'none' : `${shown} failed: ${last}`;
}
