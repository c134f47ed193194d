import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findOnPath } from './find-on-path.ts';
import { forEachLine, type OnLine } from '../process/lines.ts';

type InstallOutcome = { kind: 'installed' } | { kind: 'not-possible'; reason: string };

/** Installs a system package by name. */
export type InstallPackage = (name: string, onStep: OnLine) => Promise<InstallOutcome>;

/** Index and package come in seconds; a mirror that hangs must not hang the start. */
const APT_LIMIT_MS = 120_000;

const APT_ENV = {
  PATH: '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin',
  DEBIAN_FRONTEND: 'noninteractive',
  LC_ALL: 'C',
};

// apt-get locks its lists: of two that start together, one fails at once ("Unable to lock").
let turn: Promise<unknown> = Promise.resolve();

/** Installs one package by apt-get when root runs us, naming each command as it is run. */
export const installPackage: InstallPackage = (name, onStep) => {
  const outcome = turn.then(() => install(name, onStep));
  turn = outcome.catch(() => undefined);
  return outcome;
};

const install: InstallPackage = async (name, onStep) => {
  if (process.getuid?.() !== 0) return { kind: 'not-possible', reason: 'not running as root' };
  const apt = await findOnPath('apt-get');
  if (apt === undefined) return { kind: 'not-possible', reason: 'no apt-get on this system' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', name]]) {
    const failure = await runApt(apt, args, onStep);
    if (failure !== undefined) return { kind: 'not-possible', reason: failure };
  }
  return { kind: 'installed' };
};

async function runApt(
  apt: string,
  args: readonly string[],
  onStep: OnLine,
): Promise<string | undefined> {
  const shown = `apt-get ${args.join(' ')}`;
  onStep(`running: ${shown}`);
  const child = spawn(apt, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: APT_LIMIT_MS,
    env: APT_ENV,
  });
  let last = 'no output';
  const remember = (line: string) => {
    last = line;
  };
  forEachLine(child.stdout, remember);
  forEachLine(child.stderr, remember);
  const [code] = await once(child, 'close');
  return code === 0 ? undefined : `${shown} failed: ${last}`;
}
