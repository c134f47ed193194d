import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from './find-on-path.ts';
import type { OnLine } from './lines.ts';
import { installPackage } from './package-manager.ts';

const run = promisify(execFile);

/** A working bubblewrap, or why there is none. Never an error: a node can go on without. */
export type SandboxTool = { kind: 'works'; path: string } | { kind: 'absent'; reason: string };

export type FindBwrapOptions = {
  /** `PATH` is looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onLine: OnLine;
};

/**
 * Finds bubblewrap on PATH, else by the package manager when root, and proves it by a sandbox:
 * many containers have the program and forbid the namespaces that it needs.
 */
export async function findBwrap(options: FindBwrapOptions): Promise<SandboxTool> {
  const path = options.env['PATH'];
  const present = await findOnPath('bwrap', path);
  if (present !== 'missing') return prove(present);
  const install = await installPackage('bubblewrap', options.onLine);
  const installed = await findOnPath('bwrap', path);
  if (installed !== 'missing') return prove(installed);
  const reason = install.kind === 'installed' ? 'not found after its install' : install.reason;
  return { kind: 'absent', reason: `bwrap is not on PATH, and ${reason}` };
}

async function prove(path: string): Promise<SandboxTool> {
  const args = ['--unshare-all', '--die-with-parent', '--ro-bind', '/', '/', '--proc', '/proc'];
  try {
    await run(path, [...args, '--dev', '/dev', 'true'], { timeout: 10_000 });
    return { kind: 'works', path };
  } catch (error) {
    const detail = error instanceof Error ? error.message.trim().split('\n').at(-1) : '';
    return { kind: 'absent', reason: `${path} cannot make a sandbox here: ${detail}` };
  }
}
