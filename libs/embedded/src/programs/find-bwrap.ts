import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from './find-on-path.ts';
import type { OnLine } from '../process/lines.ts';
import { type InstallPackage, installPackage } from './package-manager.ts';

const run = promisify(execFile);

/** A working bubblewrap, or why there is none. Never an error: a node can go on without. */
export type SandboxTool = { kind: 'works'; path: string } | { kind: 'absent'; reason: string };

export type FindBwrapOptions = {
  /** `PATH` is looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Says what is installed, before it is. */
  readonly onStep: OnLine;
};

/** The places looked at; tests give their own. */
export type BwrapSources = {
  readonly systemFolders?: readonly string[];
  readonly install: InstallPackage;
};

/**
 * Finds bubblewrap on PATH, else by the package manager when root, and proves it by a sandbox:
 * many containers have the program and forbid the namespaces that it needs.
 */
export async function findBwrap(
  { env, onStep }: FindBwrapOptions,
  { systemFolders, install }: BwrapSources = { install: installPackage },
): Promise<SandboxTool> {
  const onPath = () => findOnPath('bwrap', env['PATH'], systemFolders);
  const present = await onPath();
  if (present !== undefined) return prove(present);
  const outcome = await install('bubblewrap', onStep);
  const installed = await onPath();
  if (installed !== undefined) return prove(installed);
  const reason = outcome.kind === 'installed' ? 'not found after its install' : outcome.reason;
  return { kind: 'absent', reason: `bwrap is not on PATH, and it was not installed: ${reason}` };
}

async function prove(path: string): Promise<SandboxTool> {
  const view = ['--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev'];
  try {
    await run(path, ['--unshare-all', '--die-with-parent', ...view, 'true'], { timeout: 10_000 });
    return { kind: 'works', path };
  } catch (error) {
    return { kind: 'absent', reason: `${path} makes no sandbox here: ${lastLine(error)}` };
  }
}

function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n').at(-1) ?? '';
}
